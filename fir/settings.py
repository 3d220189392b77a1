"""Every setting of FIR, in one file, read from the environment.

There are no modes: what production needs is needed everywhere. `make run` and `make test` supply
generated values; a missing one stops the start with a sentence that says how to make it.
"""

import sys
from pathlib import Path
from typing import Any

import environ

BASE_DIR = Path(__file__).resolve().parent.parent

# What each required variable is, and how to make it: the sentence that a missing one prints.
REQUIRED = {
    "DATABASE_URL": (
        "the application role's database, postgres://fir_app:…@host/fir; that role owns no table "
        "(deploy/RUNBOOK.md, 'Two database roles')"
    ),
    "REDIS_URL": (
        "the broker that wakes the workers, redis://host:6379/0; the launcher uses bells:///folder"
    ),
    "FIR_SECRET_KEY": (
        "a random text of 50 characters or more: "
        "python -c 'import secrets; print(secrets.token_urlsafe(50))'"
    ),
    "FIR_ALLOWED_HOSTS": "the host names FIR answers to, separated by commas: fir.example.org",
    "FIR_BASE_URL": "the address in emails and in answers, without a slash: https://fir.example.org",
    "EMAIL_URL": "where notices are sent: smtp+tls://user:password@host:587 or filemail:////folder",
}

env = environ.Env()


def required(name: str) -> str:
    """The value of an environment variable that FIR cannot start without.

    Raises SystemExit with one sentence saying what is missing and how to make it.
    """
    value = env.str(name, default="")
    if not value:
        sys.exit(f"FIR cannot start: {name} is not set. It is {REQUIRED[name]}.")
    return str(value)


def database(name: str) -> dict[str, Any]:
    """A Django database setting from the URL in the environment variable `name`."""
    required("DATABASE_URL")
    return {
        **env.db_url(name, engine="django.db.backends.postgresql"),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }


SECRET_KEY = required("FIR_SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = required("FIR_ALLOWED_HOSTS").split(",")
BASE_URL = required("FIR_BASE_URL").rstrip("/")
ROOT_URLCONF = "fir.urls"
WSGI_APPLICATION = "fir.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "fir",
    "cpl",
    "fir.ledger",
    "fir.parties",
    "fir.records",
    "fir.submissions",
    "fir.estates",
    "fir.eligibility",
    "fir.notifications",
    "fir.api",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.postgres",
    "guardian",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": []},
    },
]

# The application role serves; the owner's role is named only where migrations run (see `migrate`),
# so that a web process never holds the password that could alter a locked table.
DATABASES = {"default": database("DATABASE_URL")}
if env.str("DATABASE_OWNER_URL", default=""):
    DATABASES["owner"] = database("DATABASE_OWNER_URL")

AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None  # guardian: a stranger is nobody, not a row
GUARDIAN_MONKEY_PATCH_USER = False

# Celery. Readers of the ledger are rung by name after a commit and swept every minute anyway.
BROKER_URL = required("REDIS_URL")
LEDGER_READERS = ["eligibility.read_ledger", "notifications.read_ledger"]

# Email
vars().update(env.email_url("EMAIL_URL", default=required("EMAIL_URL")))
DEFAULT_FROM_EMAIL = env.str("FIR_FROM_EMAIL", default="notices@fir.invalid")
EMAIL_TIMEOUT = 10

# Estates: share of bad rows over which a load waits for its Supplier, and the report's length.
ESTATE_BAD_ROWS_HELD_PERCENT = 1
ESTATE_BAD_ROWS_REPORTED = 10_000
# The largest Supplier has about ten million devices of a few thousand configurations.
ESTATE_MOST_ROWS = 20_000_000
ESTATE_MOST_CONFIGURATIONS = 50_000
# Inventories received at once by all web processes together: fewer than they have threads.
ESTATE_RECEPTIONS_AT_ONCE = 3

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False

SECURE_CONTENT_TYPE_NOSNIFF = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # an inventory is read as it streams, without this limit

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["fir.api.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["fir.api.authentication.HoldsPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["fir.api.parsing.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "fir.api.schema.DoorSchema",
    "EXCEPTION_HANDLER": "fir.api.problems.problem_response",
    "UNAUTHENTICATED_USER": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Firmware Information Repository",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "key": {"type": "http", "scheme": "bearer", "description": "A key of a Party."}
        }
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
