"""The worker: one thread per lane, and one that keeps leases alive, reaps and looks at the clock.

The pulse lane carries the outbox, search, schedule and mail and is never behind a rescue: it has its own thread, and
long jobs parse nothing in this process (the sandbox's children do).
"""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections, connection

from . import jobs, outbox
from .jobs import Run

IDLE_SECONDS = {"pulse": 0.25, "long": 1.0}
HEARTBEAT_SECONDS = 15.0
log = logging.getLogger("fanthology.worker")


class Worker:
    """Runs lanes until `stop`. A running slice is finished first (≤ 10 s); nothing is cut off."""

    def __init__(self, lanes: Iterable[str], *, with_parent: bool = False) -> None:
        self.lanes = tuple(lanes)
        self.parent = os.getppid() if with_parent else 0
        self.stopping = threading.Event()
        self.running: dict[str, Run] = {}
        self._heard = -1

    def run(self) -> None:
        """Block until `stop` was called and every lane has come to rest."""
        loops = [threading.Thread(target=self._lane, args=(lane,), name=f"lane-{lane}") for lane in self.lanes]
        loops.append(threading.Thread(target=self._keep_watch, name="watch"))
        for loop in loops:
            loop.start()
        for loop in loops:
            loop.join()

    def stop(self) -> None:
        self.stopping.set()

    def _lane(self, lane: str) -> None:
        while not self.stopping.is_set():
            if not self._safely(lambda: self._turn(lane)):
                self.stopping.wait(IDLE_SECONDS[lane])
        connection.close()

    def _turn(self, lane: str) -> bool:
        """One round of a lane; True when there was something to do."""
        news = lane == "pulse" and self._deliver_news()
        run = jobs.claim([lane])
        if run is None:
            return news
        self.running[lane] = run
        try:
            jobs.perform(run)
        finally:
            del self.running[lane]
        return True

    def _deliver_news(self) -> bool:
        """One question while nothing happens; each consumer is asked only after something did."""
        last = outbox.position()
        if last == self._heard:
            return False
        told, well = deliver_all()
        self._heard = last if well else -1
        return told > 0

    def _keep_watch(self) -> None:
        due = 0.0
        while not self.stopping.wait(1.0):
            if self.parent and os.getppid() != self.parent:
                self.stop()
            elif time.monotonic() >= due:
                self._safely(self._watch)
                due = time.monotonic() + HEARTBEAT_SECONDS
        connection.close()

    def _watch(self) -> bool:
        self._heard = -1  # a consumer may have been rewound, or another worker may have died with its news
        jobs.renew(list(self.running.values()))
        jobs.reap()
        if "pulse" in self.lanes:
            jobs.schedule()
        return True

    def _safely(self, turn: Callable[[], bool]) -> bool:
        """A database that is away or locked must not end the worker: say so, take a fresh connection, try again."""
        try:
            close_old_connections()
            return turn()
        except Exception:
            log.exception("%s: a turn failed", threading.current_thread().name)
            connection.close()
            self.stopping.wait(1.0)
            return False


def deliver_all() -> tuple[int, bool]:
    """Bring every consumer its news; one that fails is asked again at the next turn and holds up no other.

    Returns how many events were told, and whether no consumer failed.
    """
    told, well = 0, True
    for name in list(outbox.CONSUMERS):
        try:
            told += outbox.deliver(name)
        except Exception:
            log.exception("the consumer %s failed", name)
            well = False
    return told, well


def drain(lanes: Iterable[str] = jobs.LANES) -> int:
    """Do everything that is due, here and now, in this thread, until nothing is left; returns how many slices.

    What `fanthology work --once`, the demo and tests use. Jobs that wait for a later time (retries) stay queued.
    """
    lanes, slices = tuple(lanes), 0
    jobs.reap()
    while True:
        news, _ = deliver_all() if "pulse" in lanes else (0, True)
        run = jobs.claim(lanes)
        if run is not None:
            jobs.perform(run)
            slices += 1
        elif not news:
            return slices


class AlreadyWorking(RuntimeError):
    """Another process does this lane for this data directory."""


def work(lanes: Iterable[str] = jobs.LANES, *, once: bool = False, with_parent: bool = False) -> None:
    """The worker loop until SIGTERM or SIGINT; with `once`, until nothing is due; `with_parent`, until the parent ends.

    Raises:
        AlreadyWorking: in the embedded profile there is one worker per lane: the search index has one writer.
    """
    lanes = tuple(lanes)
    with ExitStack() as held:
        if settings.PROFILE == "embedded":
            for lane in lanes:
                held.enter_context(_only_one(lane))
        if once:
            drain(lanes)
            return
        worker = Worker(lanes, with_parent=with_parent)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        worker.run()


@contextmanager
def _only_one(lane: str) -> Iterator[None]:
    with (Path(settings.DATA) / f"work-{lane}.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyWorking(f"The {lane} lane of {settings.DATA} has a worker already.") from None
        yield
