"""The settings of the test run: the real ones, on a throw-away data directory, with cheap passwords.

`FANTHOLOGY_DATABASE_URL` runs the whole suite on PostgreSQL instead of a SQLite file.
"""

import os
import tempfile
from pathlib import Path

import jinja2

_DATA = Path(tempfile.mkdtemp(prefix="fanthology-tests-"))
os.environ["FANTHOLOGY_DATA"] = str(_DATA)
os.environ.setdefault("FANTHOLOGY_SECRET_KEY", "only-for-tests")
os.environ.pop("FANTHOLOGY_FAIL_AT", None)

from fanthology.config.settings import *  # noqa: E402, F403 - all of it is the point
from fanthology.config.settings import DATABASES, STORAGES, TEMPLATES  # noqa: E402

# A file, not memory: threads, worker processes and kill -9 must see the same database.
DATABASES["default"]["TEST"] = (
    {} if DATABASES["default"]["ENGINE"].endswith("postgresql") else {"NAME": _DATA / "test.sqlite3"}
)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# A misspelt name in a template is an error here; in the wild it is an empty place.
TEMPLATES[0]["OPTIONS"]["undefined"] = jinja2.StrictUndefined
ALLOWED_HOSTS = ["*"]
LOGGING_CONFIG = None
