"""`fanthology rescue` and the rescue inside `fanthology demo`: the same steps as on the keeper's pages, in one go."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import OperationalError

from fanthology.formats import FormatError

from .actions import Beat, bring_in, examine, start_run
from .errors import NoBasis, NothingFound, NotNow, SeveralSites, SourcesGone
from .publish import publish as publish_run
from .report import lost_here
from .sources import Source, sources_of
from .table import print_report

OK, INCOMPLETE, MISUSED, REFUSED = 0, 1, 2, 3
_AGAIN = "Nothing is half-done: make room on its disk, and run the same command again; it goes on from here."
DEMO_ARCHIVE = "The Whitby Shelf"


def rescue(  # noqa: PLR0913 - the options of the command
    paths: Sequence[Path],
    *,
    kind: str = "auto",
    files: Path | None = None,
    prefix: str | None = None,
    encoding: str = "auto",
    site: str | None = None,
    hosts: Sequence[str] = (),
    basis: str | None = None,
    basis_note: str | None = None,
    publish: bool = False,
    dry_run: bool = False,
    report: Path | None = None,
    as_json: bool = False,
) -> int:
    """Rescue what lies at `paths`. Returns the exit code: 0 done, 1 something could not be read, 2 a choice is needed, 3 refused."""
    for path in (*paths, *((files,) if files else ())):
        if not path.exists():
            return _complain(f"{path} is not there.", MISUSED)
    sources = sources_of(paths, kind=kind, files=files, prefix=prefix, encoding=encoding, site=site)
    permission = (basis or "", basis_note or f"Stated on the command line by {_who()}.")
    reports: list[dict[str, Any]] = []
    status = OK
    for source in sources:
        try:
            found = _one(source, hosts=hosts, permission=permission, publish=publish, dry_run=dry_run)
        except SeveralSites as error:
            choices = "\n".join(f"  --prefix {choice!r}" for choice in error.choices)
            return _complain(f"{error}\nChoose one of them:\n{choices}", MISUSED)
        except NoBasis as error:
            return _complain(str(error), REFUSED)
        except (NothingFound, SourcesGone, NotNow, FormatError) as error:
            status = _complain(str(error), INCOMPLETE)
            continue
        except (OperationalError, OSError) as error:
            return _complain(f"The archive cannot be written to ({error}). {_AGAIN}", REFUSED)
        reports.append(found)
        if lost_here(found):
            status = INCOMPLETE
    _hand_over(reports, report=report, as_json=as_json)
    return status


def _one(
    source: Source, *, hosts: Sequence[str], permission: tuple[str, str], publish: bool, dry_run: bool
) -> dict[str, Any]:
    """`permission` is the basis ("" = not said) and where it is written."""
    basis, note = permission
    with _progress() as beat:
        run = start_run(source=source)
        if dry_run:
            found = examine(run=run, beat=beat)
            return {"run": run.pk, "dry_run": True, **found}
        bring_in(run=run, hosts=hosts, basis=basis, basis_note=note, needs_basis=publish, beat=beat)
        published = publish_run(run=run, beat=beat) if publish else 0
    return {
        "run": run.pk,
        "dry_run": False,
        "published": published,
        "basis": run.site.basis if run.site else "",
        **run.report,
    }


def _hand_over(reports: list[dict[str, Any]], *, report: Path | None, as_json: bool) -> None:
    shown: Any = reports[0] if len(reports) == 1 else reports
    if report is not None and reports:
        report.write_text(json.dumps(shown, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if as_json:
        sys.stdout.write(json.dumps(shown, ensure_ascii=False) + "\n")
        return
    for found in reports:
        print_report(found)


def demo(remains: Path) -> int:
    """Rescue the demo's remains: the dump with its text files, then the loose files beside it."""
    from fanthology.base.models import Archive

    archive = Archive.current()
    archive.name, archive.tagline = DEMO_ARCHIVE, "Old stories, kept warm"
    archive.save()
    dump = next(iter(sorted(remains.glob("*.sql"))), None)
    if dump is None:
        return _complain(f"The remains of the demo are not in {remains}.", INCOMPLETE)
    texts = remains / "stories"
    status = rescue([dump], files=texts if texts.is_dir() else None, basis="owner-moves", publish=True)
    loose = sorted(
        path
        for path in remains.iterdir()
        if path not in (dump, texts) and path.suffix != ".md" and not path.name.startswith(".")
    )
    if status == OK and loose:
        status = rescue(loose, kind="files", site="Loose leaves", basis="owner-moves", publish=True)
    return status


def _who() -> str:
    """The login name of whoever runs the command; a container may have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _complain(message: str, status: int) -> int:
    sys.stderr.write(f"fanthology: {message}\n")
    return status


@contextmanager
def _progress() -> Iterator[Beat]:
    """A bar on standard error where somebody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        shown = bar.add_task("Reading", total=None)
        yield lambda done, total, note: bar.update(shown, completed=done, total=total or None, description=note)
