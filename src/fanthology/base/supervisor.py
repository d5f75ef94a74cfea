"""`fanthology serve`: web workers and one job worker under one roof. Imports no Django: it stays small, for ever.

This process is granian's parent (it restarts web workers that die) and watches the job worker with one thread.
SIGTERM and SIGINT end all of them: requests are answered, the running slice of a job is finished. A terminal sends its
Ctrl-C to the whole process group: the workers are deaf to SIGINT and hear of it from this process alone, or the one end
would be taken for an accident, and a web worker that is told twice may hang until it is killed.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import suppress

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

THREADS = 2
STOP_SECONDS = 20
LONGEST_PAUSE = 30.0


class JobWorker:
    """Keeps `fanthology work` running: restarted at once when it dies, ever more slowly when it keeps dying.

    Started by `posix_spawn`: `subprocess` waits on a pipe that a web worker forked at the same moment would hold open.
    """

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._pid = 0
        self._watch = threading.Thread(target=self._keep_running, name="job-worker", daemon=True)

    def start(self) -> None:
        self._watch.start()

    def stop(self) -> None:
        """Let it finish its slice; kill it if it does not."""
        self._stopping.set()
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._pid:
                with suppress(ProcessLookupError):
                    os.kill(self._pid, number)
            self._watch.join(STOP_SECONDS)

    def _keep_running(self) -> None:
        command = [sys.executable, "-m", "fanthology", "work", "--with-parent"]
        pause = 0.5
        while not self._stopping.is_set():
            started = time.monotonic()
            self._pid = os.posix_spawn(sys.executable, command, os.environ, setsigmask=[signal.SIGINT])
            if self._stopping.is_set():
                os.kill(self._pid, signal.SIGTERM)
            _, status = os.waitpid(self._pid, 0)
            self._pid = 0
            if self._stopping.is_set():
                return
            pause = 0.5 if time.monotonic() - started > 60 else min(pause * 2, LONGEST_PAUSE)
            code = os.waitstatus_to_exitcode(status)
            sys.stderr.write(f"The job worker ended ({code}); starting it again in {pause:.0f} s.\n")
            self._stopping.wait(pause)


def announce(address: str) -> None:
    sys.stdout.write(f"The archive is at {address}\n")
    sys.stdout.flush()


def serve(*, host: str, port: int, workers: int, jobs: bool, address: str) -> None:
    """Serve until SIGTERM or SIGINT. The data directory must be prepared."""
    server = Server(
        "fanthology.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        # A thread that ends closes its database connection: keep them through quiet minutes.
        blocking_threads_idle_timeout=600,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        log_level=LogLevels.warning,
        workers_kill_timeout=STOP_SECONDS,
    )
    os.register_at_fork(after_in_child=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT]))
    job_worker = JobWorker()
    if jobs:
        job_worker.start()
    server.on_startup(lambda: announce(address))
    try:
        server.serve()
    finally:
        job_worker.stop()
