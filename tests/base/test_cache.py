"""The embedded cache: shared by processes, counting without a slip, forgetting in time."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from fanthology.base.cache import SharedCache, SqliteCache

COUNT = """
import sys
from fanthology.base.cache import SqliteCache
cache = SqliteCache(sys.argv[1], {})
won = cache.add("once", 1)
for _ in range(200): cache.incr("n")
print(int(won))
"""


@pytest.fixture
def cache(tmp_path: Path) -> SqliteCache:
    return SqliteCache(tmp_path / "deep" / "cache.sqlite3", {})


def test_what_is_set_is_there_until_its_time(cache):
    cache.set("a", {"x": [1]}, timeout=None)
    cache.set("b", 2, timeout=-1)
    assert cache.get("a") == {"x": [1]}
    assert cache.get("b", "gone") == "gone"
    assert cache.tidy() == 1
    assert cache.touch("a", -1)
    assert cache.get("a") is None
    assert not cache.touch("a")


def test_add_is_for_the_first_and_again_after_the_time(cache):
    assert cache.add("a", 1, timeout=60)
    assert not cache.add("a", 2, timeout=60)
    assert cache.get("a") == 1
    cache.touch("a", -1)
    assert cache.add("a", 3)
    assert cache.delete("a")
    assert not cache.delete("a")


def test_counting_up(cache):
    cache.set("n", 1, timeout=60)
    assert cache.incr("n", 2) == 3
    assert cache.decr("n") == 2
    with pytest.raises(ValueError, match="missing"):
        cache.incr("missing")
    cache.clear()
    assert cache.get("n") is None


def test_two_processes_lose_no_count(cache, tmp_path):
    cache.set("n", 0, timeout=600)
    command = [sys.executable, "-c", COUNT, str(tmp_path / "deep" / "cache.sqlite3")]
    counters = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    won = [int(counter.communicate()[0]) for counter in counters]
    assert cache.get("n") == 400
    assert sum(won) == 1


def test_a_count_keeps_its_end(cache):
    cache.set("n", 1, timeout=0.2)
    cache.incr("n")
    end = time.monotonic() + 5
    while cache.get("n") is not None:
        assert time.monotonic() < end


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="the scaled profile's database")
def test_the_shared_cache_loses_no_count_either(settings):
    settings.CACHES = {"default": {"BACKEND": "fanthology.base.cache.SharedCache", "LOCATION": "base_cache_of_a_test"}}
    call_command("createcachetable", verbosity=0)
    cache = SharedCache("base_cache_of_a_test", {})
    cache.set("n", 0, timeout=600)

    def count() -> None:
        for _ in range(50):
            cache.incr("n")
        connection.close()

    counters = [threading.Thread(target=count) for _ in range(4)]
    for counter in counters:
        counter.start()
    for counter in counters:
        counter.join()
    assert cache.get("n") == 200
    cache.touch("n", -1)
    with pytest.raises(ValueError, match="'n'"):
        cache.incr("n")
