"""The settings as a whole: what each profile and address makes of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

ASK = """
import json, sys
from fanthology.config import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""
SCALED = {
    "FANTHOLOGY_PROFILE": "scaled",
    "FANTHOLOGY_DATABASE_URL": "postgresql://u:p@db.example/n",
    "FANTHOLOGY_SECRET_KEY": "x",
    "FANTHOLOGY_BASE_URL": "https://archive.example",
}


def environment(data: Path, **variables: str) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("FANTHOLOGY_", "DJANGO_"))}
    return bare | {"FANTHOLOGY_DATA": str(data)} | variables


def ask(data: Path, *names: str, **variables: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", ASK, *names],
        env=environment(data, **variables),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_cookies_fit_plain_http_and_tls(tmp_path):
    names = (
        "SESSION_COOKIE_SECURE",
        "SESSION_COOKIE_NAME",
        "SECURE_HSTS_SECONDS",
        "SECURE_PROXY_SSL_HEADER",
        "CSRF_TRUSTED_ORIGINS",
    )
    plain = ask(tmp_path, *names)
    assert plain["SESSION_COOKIE_SECURE"] is False
    assert plain["SESSION_COOKIE_NAME"] == "session"
    assert plain["SECURE_PROXY_SSL_HEADER"] is None
    behind = ask(tmp_path, *names, FANTHOLOGY_BASE_URL="https://archive.example")
    assert behind["SESSION_COOKIE_SECURE"] is True
    assert str(behind["SESSION_COOKIE_NAME"]).startswith("__Host-")
    assert behind["SECURE_HSTS_SECONDS"] == 31_536_000
    assert behind["CSRF_TRUSTED_ORIGINS"] == ["https://archive.example"]


def test_a_small_archive_is_small(tmp_path):
    small = ask(tmp_path, "WORKERS", "SANDBOX_WORKERS", "PAGE_CACHE_BYTES", FANTHOLOGY_SMALL="1")
    assert small == {"WORKERS": 1, "SANDBOX_WORKERS": 1, "PAGE_CACHE_BYTES": 8 * 1024 * 1024}


@pytest.mark.parametrize("missing", sorted(set(SCALED) - {"FANTHOLOGY_PROFILE"}))
def test_a_half_set_scaled_profile_is_refused_by_name(tmp_path, missing):
    variables = {name: value for name, value in SCALED.items() if name != missing}
    done = subprocess.run(
        [sys.executable, "-m", "fanthology", "prepare"],
        env=environment(tmp_path, **variables),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert missing in done.stderr
    assert "Traceback" not in done.stderr


def test_a_value_that_is_not_understood_stops_the_command_in_words(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "fanthology", "prepare"],
        env=environment(tmp_path, FANTHOLOGY_WORKERS="many"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "FANTHOLOGY_WORKERS='many'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.django_db
@pytest.mark.skipif("postgresql" in settings.DATABASES["default"]["ENGINE"], reason="SQLite's own settings")
def test_the_connection_is_as_safe_as_promised():
    with connection.cursor() as cursor:
        said = {}
        for pragma in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout"):
            cursor.execute(f"PRAGMA {pragma}")
            said[pragma] = cursor.fetchone()[0]
    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20_000}
    assert settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_settings_stay_short():
    assert len(Path("src/fanthology/config/settings.py").read_text().splitlines()) < 300


@pytest.mark.django_db
def test_every_answer_carries_its_armour(client: Client):
    for path in ("/health", "/nowhere/"):
        answer = client.get(path)
        policy = {part.split()[0]: part.split()[1:] for part in answer["Content-Security-Policy"].split(";")}
        assert policy["default-src"] == ["'none'"]
        assert policy["script-src"] == ["'self'"]
        assert policy["frame-ancestors"] == ["'none'"]
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert not answer.cookies
