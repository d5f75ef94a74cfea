"""The sandbox: whatever a file does to its reader, the site gets a typed answer in time."""

from __future__ import annotations

import io
import json
import os
import pickle
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fanthology.base import sandbox
from fanthology.base.sandbox import Child, Died, Pool
from fanthology.formats.context import Limits
from fanthology.formats.errors import Ambiguous, Damaged, FormatError, LimitExceeded, NotAStory, Unreadable
from fanthology.formats.model import Reading

STORY = "Title: The Lamp\nAuthor: Mina\nRating: G\n\nThe lamp was lit at six.\n\nNobody came.\n"


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.txt"
    path.write_text(STORY)
    return path


@pytest.fixture
def one() -> Iterator[Pool]:
    pool = Pool(1)
    yield pool
    pool.close()


def read(pool: Pool, path: Path, limits: Limits | None = None) -> Reading:
    return pool.read(path, name=path.name, url="", limits=limits or Limits())


def test_a_story_comes_out_and_the_child_is_used_again(one, story):
    first = read(one, story)
    child = one._idle[0].process.pid
    assert first.stories[0].title == "The Lamp"
    assert read(one, story) == first
    assert one._idle[0].process.pid == child


def test_errors_come_out_as_they_were_raised(one, tmp_path, story):
    with pytest.raises(LimitExceeded) as error:
        read(one, story, Limits(input_bytes=10))
    assert error.value.code == "limit.size"
    binary = tmp_path / "x.bin"
    binary.write_bytes(os.urandom(2000))
    with pytest.raises(Unreadable):
        read(one, binary)
    again = sandbox._rebuilt("Ambiguous", "Which?", "ambiguous.prefix", ("a_", "b_"))
    assert isinstance(again, Ambiguous)
    assert again.choices == ("a_", "b_")
    assert isinstance(sandbox._rebuilt("NotAStory", "x", "y", ()), NotAStory)
    assert isinstance(sandbox._rebuilt("__import__", "x", "y", ()), Damaged)


def test_a_reader_that_is_killed_is_replaced_and_its_file_tried_once_more(one, story):
    """It dies with the request in its hands: stopped, so that it is alive when it is asked, and then killed."""
    read(one, story)
    pid = one._idle[0].process.pid
    os.kill(pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as reading:
        answer = reading.submit(read, one, story)
        while one._idle:  # until it is taken
            os.sched_yield()
        os.kill(pid, signal.SIGKILL)
        assert answer.result().stories[0].title == "The Lamp"
    assert one._idle[0].process.pid != pid


def test_a_reader_that_died_while_nobody_asked_is_replaced(one, story):
    read(one, story)
    dead = one._idle[0].process
    os.kill(dead.pid, signal.SIGKILL)
    dead.wait()
    assert read(one, story).stories[0].title == "The Lamp"
    assert one._idle[0].process.pid != dead.pid


def test_a_file_that_always_kills_its_reader_is_damaged(one, tmp_path, settings):
    """More paragraphs than there is memory for: the parser, which is not Python, ends its whole process."""
    settings.SANDBOX_MEMORY = 160 * 1024 * 1024
    greedy = tmp_path / "greedy.json"
    chapter = {"position": 1, "text": "<p>x" * 700_000}
    greedy.write_text(json.dumps({"schema": "fanthology-story/1", "title": "x", "chapters": [chapter]}))
    with pytest.raises(Damaged) as error:
        read(one, greedy)
    assert error.value.code == "unreadable.crash"
    assert one._idle == []


def test_silence_is_too_long_at_last(one, story, monkeypatch):
    read(one, story)
    monkeypatch.setattr(sandbox, "FILE_SECONDS", 1)
    os.kill(one._idle[0].process.pid, signal.SIGSTOP)
    with pytest.raises(LimitExceeded) as error:
        read(one, story)
    assert error.value.code == "limit.time"
    assert one._idle == []


def test_a_child_is_thrown_away_after_its_share(one, story, monkeypatch):
    monkeypatch.setattr(sandbox, "FILES_PER_CHILD", 2)
    read(one, story)
    assert len(one._idle) == 1
    read(one, story)
    assert one._idle == []


def test_memory_has_an_end(one, tmp_path, settings):
    settings.SANDBOX_MEMORY = 256 * 1024 * 1024
    big = tmp_path / "big.txt"
    with big.open("wb") as out:
        out.truncate(200 * 1024 * 1024)
    with pytest.raises(FormatError):
        read(one, big, Limits(input_bytes=10**9))


class Bomb:
    """Pickles to a call."""

    def __reduce__(self):
        return os.system, ("touch /tmp/fanthology-was-here",)


@pytest.mark.parametrize("evil", [Bomb(), os.getcwd, Path("/"), sandbox.Pool])
def test_a_reader_taken_over_can_build_nothing_but_values(evil):
    pickled = pickle.dumps(evil)
    with pytest.raises(pickle.UnpicklingError):
        sandbox._Loader(io.BytesIO(pickled)).load()
    with pytest.raises(Damaged):
        sandbox._unpacked(pickled)


def test_the_child_knows_no_secret_and_has_no_network_where_the_kernel_allows(monkeypatch):
    monkeypatch.setenv("FANTHOLOGY_SECRET_KEY", "very-secret")
    child = Child(cpu=5)
    try:
        assert b"very-secret" not in Path(f"/proc/{child.process.pid}/environ").read_bytes()
        if not child.network:
            mine, its = (Path(f"/proc/{pid}/ns/net").readlink() for pid in ("self", child.process.pid))
            assert mine != its
    finally:
        child.kill()
    assert not Path(child.scratch).exists()


def test_a_dump_streams_its_records_and_then_its_account(tmp_path):
    remains = Path(__file__).parents[2] / "demo"
    with sandbox.iterate_dump(remains / "saltwick.sql", files=remains / "stories") as dump:
        assert dump.kind == "efiction"
        assert dump.site.name
        kinds = {type(record).__name__ for record in dump}
    assert "StoryRecord" in kinds
    assert dump.counts
    assert all(count.balanced for count in dump.counts.values())


def test_a_dump_that_is_none_says_so_and_leaves_no_child(tmp_path):
    path = tmp_path / "x.sql"
    path.write_text("hello")
    stream = sandbox.iterate_dump(path)
    with pytest.raises(FormatError), stream:
        pass
    assert stream._child is None
    with pytest.raises(Damaged):
        next(iter(stream))


def test_a_dump_whose_reader_dies_half_way_is_damaged():
    remains = Path(__file__).parents[2] / "demo"
    stream = sandbox.iterate_dump(remains / "saltwick.sql", files=remains / "stories")
    with stream as dump:
        assert dump._child
        os.kill(dump._child.process.pid, signal.SIGKILL)
        dump._child.process.wait()
        with pytest.raises(Damaged):
            list(dump)


def test_died_says_how():
    assert str(Died(late=True)) == "late"
    assert sandbox._as_error(Died(late=False), "the file").code == "unreadable.crash"
