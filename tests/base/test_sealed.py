"""Sealed sources: unreadable on disk, whole or refused, gone on their day."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from fanthology.base import keys, sealed

DAY = date(2027, 1, 1)


def opened(name: str) -> bytes:
    with sealed.open_sealed(name) as stream:
        return stream.read()


@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    size=st.sampled_from([0, 1, sealed.PIECE - 1, sealed.PIECE, sealed.PIECE + 1, 2 * sealed.PIECE]),
    end=st.binary(max_size=9),
)
def test_what_is_sealed_is_opened_again(size, end):
    data = b"INSERT INTO members ('mina@archive.example')"[:size].ljust(size, b"x") + end
    assert opened(sealed.seal(io.BytesIO(data), purge_on=DAY).name) == data


def test_nothing_can_be_read_from_the_disk(settings):
    name = sealed.seal(io.BytesIO(b"mina@archive.example" * 99), purge_on=DAY).name
    file = Path(settings.SEALED) / f"{name}.sealed"
    assert b"mina" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert (Path(settings.KEYS) / "sealed.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("harm", ["flip", "cut a byte", "cut a piece", "swap pieces", "another date", "another key"])
def test_whatever_was_changed_is_refused(settings, harm):
    name = sealed.seal(io.BytesIO(b"a" * sealed.PIECE + b"b" * sealed.PIECE + b"c"), purge_on=DAY).name
    file = Path(settings.SEALED) / f"{name}.sealed"
    head, _, body = file.read_bytes().partition(b"\n")
    size = sealed.PIECE + sealed.TAG
    if harm == "flip":
        body = body[:99] + bytes([body[99] ^ 1]) + body[100:]
    elif harm == "cut a byte":
        body = body[:-1]
    elif harm == "cut a piece":
        body = body[: 2 * size]
    elif harm == "swap pieces":
        body = body[size : 2 * size] + body[:size] + body[2 * size :]
    elif harm == "another date":
        head = head.replace(b"2027", b"2099")
    else:
        (Path(settings.KEYS) / "sealed.key").write_bytes(b"k" * 32)
    file.write_bytes(head + b"\n" + body)
    with pytest.raises(sealed.Unopenable):
        opened(name)


def test_a_source_is_purged_on_its_day_and_not_before():
    early = sealed.seal(io.BytesIO(b"early"), purge_on=date(2026, 1, 1))
    late = sealed.seal(io.BytesIO(b"late"), purge_on=date(2026, 1, 2))
    assert sealed.purge(date(2025, 12, 31)) == 0
    assert sealed.purge(date(2026, 1, 1)) == 1
    assert list(sealed.kept()) == [late]
    with pytest.raises(sealed.Unopenable):
        opened(early.name)
    assert sealed.delete(late.name)
    assert not sealed.delete(late.name)


def test_a_stream_that_breaks_leaves_nothing(settings):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        sealed.seal(Broken(), purge_on=DAY)
    assert list(Path(settings.SEALED).iterdir()) == []


@pytest.mark.parametrize("name", ["", "../keys/sealed", "A" * 32])
def test_only_names_of_sources_are_opened(name):
    with pytest.raises(sealed.Unopenable):
        sealed.open_sealed(name)


def test_what_is_no_sealed_source_says_so(settings):
    Path(settings.SEALED).mkdir()
    (Path(settings.SEALED) / f"{'a' * 32}.sealed").write_bytes(b"hello\nworld")
    with pytest.raises(sealed.Unopenable):
        opened("a" * 32)


def test_a_key_is_made_once():
    assert keys.key("names") == keys.key("names") != keys.key("others")
    assert len(keys.key("names")) == 32
