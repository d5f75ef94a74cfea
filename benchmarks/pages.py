"""Requests a second of the pages that guests read most, on the real server, 8 connections, client on the same machine.

    python -m benchmarks.pages --works 2000

Budgets: chapter ≥ 3 × eFiction's 520/s, browse ≥ 3 × its 370/s, logged in ≥ eFiction. `/health` is the do-nothing page
of the same server. "member" is a reader without a pen name, who shares kept pages with the other readers; "author" has one, so
that nobody shares theirs. Uses wrk where it is installed, else a small client of its own, which costs the server more of the machine.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from .archive import close_archive, open_archive
from .seed import seed
from .tables import report

CONNECTIONS = 8


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--works", type=int, default=2_000)
    parser.add_argument("--words", type=int, default=5_700)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--data")
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args(arguments)
    data = open_archive(asked.data)
    targets, cookies = _ready(asked.works, asked.words)
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "fanthology", "serve", "--port", str(port), "--workers", str(asked.workers)],
        env={**os.environ, "FANTHOLOGY_BASE_URL": f"http://127.0.0.1:{port}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        time.sleep(2)
        idle = _memory(server.pid)
        rows = [_row(name, port, path, headers, asked.seconds) for name, path, headers in _pages(targets, cookies)]
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    client = "wrk" if shutil.which("wrk") else "a Python client (install wrk for truer figures)"
    report(
        "pages",
        f"Pages of an archive of {asked.works:,} works, {asked.workers} web workers, {CONNECTIONS} connections, by {client};"
        f" idle: {idle[0]:.0f} MiB RSS, {idle[1]:.0f} MiB PSS in {idle[2]} processes",
        ["page", "req/s", "p50 ms", "p99 ms", "bytes"],
        rows,
        idle_rss_mib=idle[0],
        idle_pss_mib=idle[1],
        client=client,
    )
    close_archive(data, keep=asked.keep or bool(asked.data))


def _ready(works: int, words: int) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Seed, and choose what to read; the cookies of a reader and of an author."""
    from fanthology.search import index
    from fanthology.tags.models import Kind, Tag
    from fanthology.works.models import Chapter, Work

    if not Work.objects.exists():
        seed(works, words, chapters=2)
        index.rebuild()
    chapter = Chapter.objects.filter(work__needs_consent=False, position=2).order_by("pk").first()
    assert chapter is not None
    fandom = Tag.objects.of_kind(Kind.FANDOM).most_used().first()
    assert fandom is not None
    targets = {
        "work": f"/read/{chapter.work_id}/",
        "chapter": f"/read/{chapter.work_id}/{chapter.pk}/",
        "browse": f"/browse/?tag={fandom.pk}",
    }
    return targets, {"member": _logged_in("bench-reader"), "author": _logged_in("bench-author", signs=True)}


def _logged_in(login: str, *, signs: bool = False) -> dict[str, str]:
    """The cookie of a member; one who signs is given the pen name of some work."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from fanthology.people.actions import add_keeper
    from fanthology.people.models import PenName, Person
    from fanthology.works.models import Authorship

    person = Person.objects.filter(login=login).first() or add_keeper(login=login, password="bench bench bench")
    Person.objects.filter(pk=person.pk).update(is_keeper=False)
    if signs and not person.pen_names.exists():
        signed = Authorship.objects.order_by("pk").values("pen_name")[:1]
        PenName.objects.filter(pk__in=signed).update(person=person, status=PenName.Status.OWNED)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}


def _pages(targets: dict[str, str], cookies: dict[str, dict[str, str]]) -> list[tuple[str, str, dict[str, str]]]:
    member, author = cookies["member"], cookies["author"]
    return [
        ("nothing (/health)", "/health", {}),
        ("chapter, guest", targets["chapter"], {}),
        ("chapter, member", targets["chapter"], member),
        ("chapter, author", targets["chapter"], author),
        ("work, guest", targets["work"], {}),
        ("browse with counts, guest", targets["browse"], {}),
        ("browse with counts, member", targets["browse"], member),
        ("search, guest", "/browse/?q=the", {}),
        ("search, member", "/browse/?q=the", member),
        ("home, guest", "/", {}),
        ("home, member", "/", member),
    ]


def _row(name: str, port: int, path: str, headers: dict[str, str], seconds: int) -> list[object]:
    connection, size = http.client.HTTPConnection("127.0.0.1", port, timeout=30), 0
    for _ in range(4):  # each web worker keeps its own pages
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        size = len(answer.read())
        assert answer.status == 200, (path, answer.status)
    connection.close()
    measure = _wrk if shutil.which("wrk") else _by_hand
    rate, p50, p99 = measure(f"http://127.0.0.1:{port}{path}", headers, seconds)
    return [name, rate, p50, p99, size]


def _wrk(url: str, headers: dict[str, str], seconds: int) -> tuple[float, float, float]:
    extra = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    done = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", *extra, url],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "Non-2xx" not in done, done
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done)
    assert rate, done
    return float(rate[1]), _wrk_time(done, "50%"), _wrk_time(done, "99%")


def _wrk_time(text: str, share: str) -> float:
    found = re.search(rf"{share}\s+([\d.]+)(us|ms|s)", text)
    assert found, text
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1_000.0}[found[2]]


def _by_hand(url: str, headers: dict[str, str], seconds: int) -> tuple[float, float, float]:
    host, _, path = url.removeprefix("http://").partition("/")
    port = int(host.rpartition(":")[2])
    seen: list[float] = []
    until = time.perf_counter() + seconds

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.perf_counter() < until:
            began = time.perf_counter()
            connection.request("GET", f"/{path}", headers=headers)
            connection.getresponse().read()
            seen.append((time.perf_counter() - began) * 1_000)

    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen.sort()
    return len(seen) / seconds, seen[len(seen) // 2], seen[int(len(seen) * 0.99)]


def _memory(parent: int) -> tuple[float, float, int]:
    """(RSS, PSS) in MiB of a process and all below it, and how many there are."""
    family, rss, pss = _family(parent), 0, 0
    for pid in family:
        rolled = Path(f"/proc/{pid}/smaps_rollup").read_text()
        rss += int(re.search(r"Rss:\s+(\d+)", rolled)[1])  # type: ignore[index]
        pss += int(re.search(r"Pss:\s+(\d+)", rolled)[1])  # type: ignore[index]
    return rss / 1024, pss / 1024, len(family)


def _family(parent: int) -> list[int]:
    below: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        below.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, waiting = [], [parent]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting.extend(below.get(pid, ()))
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not start.")


if __name__ == "__main__":
    main()
