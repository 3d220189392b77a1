"""FIR's settings as they are, with the one app that gives each committing test a fresh database."""

from fir.settings import *  # noqa: F403, TID251 - the tests run on the very settings of production
from fir.settings import DATABASES, INSTALLED_APPS  # noqa: TID251

# Its `flush` clones the database anew: Django calls it after every test that commits.
INSTALLED_APPS = ["tests.cloning", *INSTALLED_APPS]
DATABASES = {"default": {**DATABASES["default"], "CONN_MAX_AGE": 0}}
# A hash that is slow on purpose would be slow in every test that has people.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
