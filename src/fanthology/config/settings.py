"""The settings of the site, all of them; every value that may differ between two archives is read through `env`.

The two profiles, embedded and scaled, differ here and in the adapters that these lines name, and nowhere else.
Documented for keepers in docs/keeper/settings.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from fanthology.config import env, sandbox

PACKAGE = Path(__file__).resolve().parent.parent

# Where and how it runs -------------------------------------------------------------------------------------------

PROFILE = env.choice("FANTHOLOGY_PROFILE", "embedded", among=("embedded", "scaled"))
DATA = env.path("FANTHOLOGY_DATA", "fanthology-data/archive")
DEBUG = env.flag("FANTHOLOGY_DEBUG")
BASE_URL = env.address("FANTHOLOGY_BASE_URL", "http://127.0.0.1:8000")
SMALL = sandbox.SMALL
WORKERS = env.integer("FANTHOLOGY_WORKERS", 1 if SMALL else 2, least=1, most=64)
SECRET_KEY = env.secret("FANTHOLOGY_SECRET_KEY", file=DATA / "keys" / "secret.key")

_site = urlsplit(BASE_URL)
_encrypted = _site.scheme == "https"

# What it is made of ----------------------------------------------------------------------------------------------

ROOMS = (
    "base",
    "people",
    "tags",
    "works",
    "search",
    "reviews",
    "gatherings",
    "pages",
    "members",
    "rescue",
    "reading",
    "feeds",
)
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *(f"fanthology.{room}" for room in ROOMS),
]
AUTH_USER_MODEL = "people.Person"
ROOT_URLCONF = "fanthology.config.urls"
WSGI_APPLICATION = "fanthology.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

# Guests who read a cached page touch no session and no database in any of these: all are lazy or header-only.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    # Outside CommonMiddleware, which refuses hosts it does not know; inside the headers that every answer bears.
    "fanthology.rescue.middleware.OldAddresses",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PACKAGE / "templates"],
        "OPTIONS": {"environment": "fanthology.base.web.environment"},
    },
]

# Truth: the database ---------------------------------------------------------------------------------------------

SQLITE_PRAGMAS = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -8000;
    PRAGMA temp_store = MEMORY
"""
DATABASE_URL = env.database("FANTHOLOGY_DATABASE_URL")
DATABASES: dict[str, Any] = {
    "default": {
        **(
            DATABASE_URL
            or {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": DATA / "archive.sqlite3",
                # IMMEDIATE: a transaction that will write says so at its start and waits its turn; DEFERRED ones
                # fail at once with "database is locked" when two of them want to become writers.
                "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS},
            }
        ),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": DATABASE_URL is not None,
        "ATOMIC_REQUESTS": False,
    },
}

# What many machines cannot agree on by themselves; a scaled archive that leaves one out is refused at start, by name.
NEEDED_WHEN_SCALED = ("FANTHOLOGY_DATABASE_URL", "FANTHOLOGY_DATA", "FANTHOLOGY_SECRET_KEY", "FANTHOLOGY_BASE_URL")
MISSING = [name for name in NEEDED_WHEN_SCALED if PROFILE == "scaled" and not env.text(name)]

# Derived and passing things --------------------------------------------------------------------------------------

BLOBS = DATA / "blobs"
SEALED = DATA / "sealed"
KEYS = DATA / "keys"
INDEX = DATA / "index"
ERASURES = DATA / "erasures.jsonl"
UPLOADS = DATA / "uploads"
SCRATCH = DATA / "scratch"
PAGE_CACHE_BYTES = env.integer("FANTHOLOGY_PAGE_CACHE_MB", 8 if SMALL else 32, most=4096) * 1024 * 1024
SANDBOX_WORKERS, SANDBOX_MEMORY = sandbox.WORKERS, sandbox.MEMORY

CACHES: dict[str, Any] = {
    "default": (
        {"BACKEND": "fanthology.base.cache.SqliteCache", "LOCATION": DATA / "cache.sqlite3"}
        if PROFILE == "embedded"
        else {"BACKEND": "fanthology.base.cache.SharedCache", "LOCATION": "base_cache"}
    ),
}

# Static files: hashed once at start into the data directory, so an installed wheel needs no build step -----------

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [PACKAGE / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": UPLOADS}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Who may come in, and how safely ---------------------------------------------------------------------------------

ALLOWED_HOSTS = [*{"localhost", "127.0.0.1", "[::1]", _site.hostname or "localhost", *env.listing("FANTHOLOGY_HOSTS")}]
CSRF_TRUSTED_ORIGINS = [f"{_site.scheme}://{_site.netloc}"]
# An https base address says that a proxy ends TLS in front of us; only then is its header believed.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _encrypted else None
SECURE_HSTS_SECONDS = 31_536_000 if _encrypted else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# `__Host-` binds a cookie to this very host over TLS; browsers refuse it on plain http, which loopback uses.
SESSION_COOKIE_NAME = "__Host-session" if _encrypted else "session"
SESSION_COOKIE_SECURE = _encrypted
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
CSRF_COOKIE_NAME = "__Host-csrf" if _encrypted else "csrf"
CSRF_COOKIE_SECURE = _encrypted
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "fanthology.base.web.forged"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Nothing of a page may come from elsewhere, no script may stand in a page: a story that smuggled one in stays inert.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    },
}

LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# One request body at most; dumps come in pieces of this size (see rescue's upload), so memory stays flat.
DATA_UPLOAD_MAX_MEMORY_SIZE = 9 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# Words and times -------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = env.text("FANTHOLOGY_TIME_ZONE", "UTC")
USE_TZ = True
USE_I18N = True

# Mail ------------------------------------------------------------------------------------------------------------

EMAIL_HOST = env.text("FANTHOLOGY_MAIL_HOST")
EMAIL_PORT = env.integer("FANTHOLOGY_MAIL_PORT", 587, least=1, most=65535)
EMAIL_HOST_USER = env.text("FANTHOLOGY_MAIL_USER")
EMAIL_HOST_PASSWORD = env.text("FANTHOLOGY_MAIL_PASSWORD")
EMAIL_USE_TLS = bool(EMAIL_HOST)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("FANTHOLOGY_MAIL_FROM", f"archive@{_site.hostname}")

# Logs: what happened and where, never what people wrote: no bodies, no queries, no cookies -----------------------

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {
        "handlers": ["stderr"],
        "level": env.choice("FANTHOLOGY_LOG", "info", among=("debug", "info", "warning", "error")).upper(),
    },
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.db.backends": {"level": "INFO"},
        "django.request": {"level": "ERROR"},
    },
}
