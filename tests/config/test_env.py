"""Readers of the environment: typed, and plain about what they do not understand."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from fanthology.config import env
from fanthology.config.env import Misread

NAME = "FANTHOLOGY_X"


@pytest.mark.parametrize(
    ("read", "value", "wanted"),
    [
        (lambda: env.text(NAME, "d"), None, "d"),
        (lambda: env.text(NAME, "d"), "  ", "d"),
        (lambda: env.text(NAME), " a b ", "a b"),
        (lambda: env.flag(NAME), None, False),
        (lambda: env.flag(NAME, default=True), "", True),
        (lambda: env.flag(NAME), "Yes", True),
        (lambda: env.flag(NAME, default=True), "off", False),
        (lambda: env.flag(NAME), "maybe", Misread),
        (lambda: env.integer(NAME, 3), None, 3),
        (lambda: env.integer(NAME, 3), "12", 12),
        (lambda: env.integer(NAME, 3, least=1), "0", Misread),
        (lambda: env.integer(NAME, 3, most=9), "10", Misread),
        (lambda: env.integer(NAME, 3), "-1", Misread),
        (lambda: env.integer(NAME, 3), "²", Misread),
        (lambda: env.choice(NAME, "a", among=("a", "b")), None, "a"),
        (lambda: env.choice(NAME, "a", among=("a", "b")), "B", "b"),
        (lambda: env.choice(NAME, "a", among=("a", "b")), "c", Misread),
        (lambda: env.listing(NAME), "a.example, b.example  c.example,", ["a.example", "b.example", "c.example"]),
        (lambda: env.listing(NAME), None, []),
        (lambda: env.path(NAME, "x"), "/tmp/y", Path("/tmp/y")),
        (lambda: env.path(NAME, "x"), None, Path.cwd() / "x"),
        (lambda: env.path(NAME, "x"), "~/y", Path.home() / "y"),
        (lambda: env.address(NAME, "http://a"), "https://a.example/", "https://a.example"),
        (lambda: env.address(NAME, "http://a"), "a.example", Misread),
        (lambda: env.address(NAME, "http://a"), "ftp://a.example", Misread),
        (lambda: env.address(NAME, "http://a"), "https://a.example/?x=1", Misread),
        (lambda: env.database(NAME), None, None),
        (lambda: env.database(NAME), "mysql://u:secret@h/n", Misread),
        (lambda: env.database(NAME), "postgresql://h", Misread),
    ],
)
def test_what_a_value_means(monkeypatch, read, value, wanted):
    monkeypatch.delenv(NAME, raising=False)
    if value is not None:
        monkeypatch.setenv(NAME, value)
    if wanted is Misread:
        with pytest.raises(Misread, match=NAME) as error:
            read()
        assert "secret" not in str(error.value)
    else:
        assert read() == wanted


def test_a_database_address_is_taken_apart(monkeypatch):
    monkeypatch.setenv(NAME, "postgresql://m%40a:p%2Fw@db.example:5433/stories?sslmode=require")
    found = env.database(NAME)
    assert found
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert [found[part] for part in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "m@a",
        "p/w",
        "db.example",
        "5433",
        "stories",
    ]
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_a_secret_is_made_once_and_is_nobody_elses(monkeypatch, tmp_path):
    monkeypatch.delenv(NAME, raising=False)
    file = tmp_path / "keys" / "secret"
    made: list[str] = []
    starts = [threading.Thread(target=lambda: made.append(env.secret(NAME, file=file))) for _ in range(8)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert len(set(made)) == 1
    assert len(made[0]) > 50
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in file.parent.iterdir()] == ["secret"]
    monkeypatch.setenv(NAME, "given")
    assert env.secret(NAME, file=file) == "given"
