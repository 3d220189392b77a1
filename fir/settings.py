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
    "FIR_SIGNING_KEY": (
        "the seed of the key that signs the ledger, 32 random bytes in Base64: "
        "openssl rand -base64 32"
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
SIGNING_KEY = required("FIR_SIGNING_KEY")
# The name of this ledger in its checkpoints: the address without its scheme.
LEDGER_ORIGIN = f"{BASE_URL.partition('://')[2]}/ledger"
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
    "fir.portal",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "csp",
    "guardian",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fir.portal.middleware.not_kept",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "fir.portal.access.page_frame",
            ]
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# The application role serves; the owner's role is named only where migrations run (see `migrate`),
# so that a web process never holds the password that could alter a locked table.
DATABASES = {"default": database("DATABASE_URL")}
if env.str("DATABASE_OWNER_URL", default=""):
    DATABASES["owner"] = database("DATABASE_OWNER_URL")

# What allauth counts to stop guessing: kept in the database, so that all web processes count
# together, a restart forgets nothing, and Redis may be away.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None  # guardian: a stranger is nobody, not a row
GUARDIAN_MONKEY_PATCH_USER = False

# Sign-in: by email and password, by invitation only.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "portal:home"
ACCOUNT_ADAPTER = "fir.portal.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # the invitation was the proof that the mailbox is theirs
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
# Who tries too often is told apart by address; behind proxies that is what the nearest one says.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("FIR_TRUSTED_PROXIES", default=0)
ACCOUNT_FORMS = {
    "login": "fir.portal.forms.people.SignIn",
    "reset_password": "fir.portal.forms.people.ForgottenPassword",
    "change_password": "fir.portal.forms.people.ChangePassword",
    "reset_password_from_key": "fir.portal.forms.people.NewPassword",
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = BASE_URL.partition(":")[0]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email",)}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    )
]

# Cookies: for the browser's own requests to FIR alone, and never in clear where FIR has TLS.
HAS_TLS = BASE_URL.startswith("https:")
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HAS_TLS
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [BASE_URL]  # a proxy ends TLS, so FIR itself sees http
CSRF_FAILURE_VIEW = "fir.portal.errors.form_too_old"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HAS_TLS else 0
X_FRAME_OPTIONS = "DENY"

# Everything a page shows comes from FIR itself; nothing written into a page is run.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# Static files, under names made of their content.
STATIC_URL = "/static/"
STATIC_ROOT = env.str("FIR_STATIC_ROOT", default=str(BASE_DIR / ".static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]  # ours alone
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # FIR keeps no files
    "staticfiles": {"BACKEND": "fir.portal.static.HashedStorage"},
}

# Celery. Readers of the ledger are rung by name after a commit and swept every minute anyway.
BROKER_URL = required("REDIS_URL")
LEDGER_READERS = ["eligibility.read_ledger", "notifications.read_ledger", "records.judge_list"]

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
# What is sent, what it unpacks to, and how many times its size that may be: plain rows pack to
# about a tenth. The files in a ZIP; and one line, which has a few hundred bytes. The csv module
# refuses cells of more than 131,072.
ESTATE_MOST_BYTES = 8 << 30
ESTATE_MOST_BYTES_UNPACKED = 16 << 30
ESTATE_MOST_TIMES_UNPACKED = 1000
ESTATE_MOST_FILES = 50_000
ESTATE_LONGEST_LINE = 100_000
# Inventories received at once by all web processes together: fewer than they have threads.
ESTATE_RECEPTIONS_AT_ONCE = 3

# How many Devices one 11.1 or 11.4 names at most, and so a batch holds. An assumption: DUIS's own
# limit was found in no public source.
DEVICES_IN_A_REQUEST = 50_000
# Devices that are checked at one go without being kept, and how large their description may be.
DEVICES_IN_A_CHECK = 50_000
LARGEST_CHECK = 24_000_000

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
    "ENUM_NAME_OVERRIDES": {
        "SubmissionKindEnum": "fir.submissions.claims.Kind",
        "SubmissionStateEnum": "fir.submissions.models.BROUGHT",
    },
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
    "filters": {"without_links": {"()": "fir.portal.logs.WithoutLinks"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["without_links"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
