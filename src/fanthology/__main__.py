"""The `fanthology` command. Each subcommand is one function here, which calls one function of its room.

Nothing of Django is imported before a subcommand needs it: `--help`, `read` and `convert` set up none and answer at
once, and the supervisor of `serve` stays small. Documented in docs/keeper/command.md, which a test holds equal to the parser.
"""

from __future__ import annotations

import argparse
import getpass
import json
import logging
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from fanthology import __version__

if TYPE_CHECKING:
    from fanthology.formats import Reading

OK, FAULTY, MISUSED, REFUSED, BUSY, INTERRUPTED = 0, 1, 2, 3, 4, 130
EXAMPLES = """\
examples:
  fanthology demo
  fanthology serve --port 8001
  fanthology rescue old-site.sql --files stories.tar --dry-run

"""
EXIT_CODES = """\
exit codes:
  0    done
  1    done, and something is wrong: faults found, files unreadable, blobs lost
  2    the command or a setting is not understood
  3    refused: it would overwrite, or publish without permission
  4    another process is at it
  130  interrupted
"""
Command = Callable[[argparse.Namespace], int]
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no other name


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; returns the exit code."""
    options = build_parser().parse_args(arguments)
    run: Command = options.run
    try:
        return run(options)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `fanthology read … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def build_parser() -> argparse.ArgumentParser:
    """The whole command line, with examples."""
    parser = argparse.ArgumentParser(
        prog="fanthology",
        description="A self-hosted story archive, and the rescue of dying ones.",
        epilog=EXAMPLES + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"fanthology {__version__}")
    commands = parser.add_subparsers(title="commands", required=True)
    for describe in (_running, _stories, _rescuing, _keeping):
        describe(commands)
    return parser


def _add(commands: Commands, name: str, run: Command, says: str, example: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=says,
        description=says,
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


# ------------------------------------------------------------------------------------------------- running the site


def _running(commands: Commands) -> None:
    _serving(
        _add(
            commands, "serve", serve, "Run the archive: web workers and one job worker.", "fanthology serve --port 8001"
        )
    )

    parser = _add(
        commands,
        "demo",
        demo,
        "Serve a complete demo archive, rescued from the remains of a small dead one.",
        "fanthology demo",
    )
    _serving(parser)
    parser.add_argument("--prepare-only", action="store_true", help="rescue and publish, but serve nothing")

    parser = _add(
        commands, "work", work, "Run a job worker alone (serve starts one by itself).", "fanthology work --lane long"
    )
    parser.add_argument("--lane", action="append", choices=("pulse", "long"), help="only this lane (default: both)")
    parser.add_argument("--once", action="store_true", help="do what is due, then end")
    parser.add_argument("--with-parent", action="store_true", help="end when the process that started it ends")

    _add(
        commands,
        "prepare",
        prepare,
        "Bring the data directory up to this version (serve does it at start).",
        "fanthology prepare",
    )


def _serving(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="the interface to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on (default: 8000)")
    parser.add_argument("--workers", type=int, help="web workers (default: FANTHOLOGY_WORKERS, else 2)")
    parser.add_argument("--no-jobs", action="store_true", help="start no job worker: others run `fanthology work`")


def serve(options: argparse.Namespace) -> int:
    """Prepare in a process that ends, then become the supervisor."""
    address = os.environ.setdefault("FANTHOLOGY_BASE_URL", f"http://{options.host}:{options.port}")
    if status := _in_a_child("prepare"):
        return status
    from fanthology.base import supervisor
    from fanthology.config import env

    try:
        workers = options.workers or env.integer(
            "FANTHOLOGY_WORKERS", 1 if env.flag("FANTHOLOGY_SMALL") else 2, least=1, most=64
        )
    except env.Misread as error:
        return _complain(str(error), MISUSED)
    supervisor.serve(host=options.host, port=options.port, workers=workers, jobs=not options.no_jobs, address=address)
    return OK


def demo(options: argparse.Namespace) -> int:
    """The demo archive in a data directory of its own; later runs find it there."""
    os.environ.setdefault("FANTHOLOGY_DATA", "fanthology-data/demo")
    os.environ.setdefault("FANTHOLOGY_BASE_URL", f"http://{options.host}:{options.port}")
    if options.prepare_only:
        return _make_demo()
    if status := _in_a_child("demo", "--prepare-only", "--host", options.host, "--port", str(options.port)):
        return status
    login, password = _demo_keeper().read_text(encoding="utf-8").split()
    print(f"The keeper of this demo is {login!r} with the password {password!r}.", flush=True)
    return serve(options)


def _make_demo() -> int:
    """The same rescue that a keeper runs, on the remains of a small archive that never was."""
    if status := prepare(argparse.Namespace()):
        return status
    file = _demo_keeper()
    if file.exists():
        return OK
    from fanthology.base.worker import drain
    from fanthology.people.actions import LoginTaken, add_keeper
    from fanthology.rescue.command import demo as rescue_demo

    password = secrets.token_urlsafe(9)
    with suppress(LoginTaken):
        add_keeper(login="keeper", password=password)
    if status := rescue_demo(_demo_remains()):
        return status
    drain()
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as out:
        out.write(f"keeper {password}\n")
    return OK


def _demo_keeper() -> Path:
    return Path(os.environ["FANTHOLOGY_DATA"]) / "demo-keeper.txt"


def _demo_remains() -> Path:
    """In the wheel they lie inside the package, in a checkout beside it."""
    package = Path(__file__).resolve().parent
    inside = package / "demo_remains"
    return inside if inside.is_dir() else package.parents[1] / "demo"


def work(options: argparse.Namespace) -> int:
    _django()
    from fanthology.base.worker import AlreadyWorking, work

    try:
        work(options.lane or ("pulse", "long"), once=options.once, with_parent=options.with_parent)
    except AlreadyWorking as error:
        return _complain(str(error), BUSY)
    return OK


def prepare(_options: argparse.Namespace) -> int:
    _django(needs_archive=False)
    from fanthology.base.preparing import prepare

    prepare()
    return OK


# -------------------------------------------------------------------------------------------------- stories as files


def _stories(commands: Commands) -> None:
    parser = _add(
        commands, "read", read, "Print every story in the files as JSON, one per line.", "fanthology read story.html"
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a file of any known format")

    parser = _add(
        commands, "convert", convert, "Convert one file into another format.", "fanthology convert in.html out.epub"
    )
    parser.add_argument("source", type=Path, metavar="IN", help="a file of any known format")
    parser.add_argument("target", type=Path, metavar="OUT", help="its ending names the format: .epub .html .txt .json")
    parser.add_argument("--force", action="store_true", help="lose the file that is there")

    parser = _add(
        commands,
        "export",
        export,
        "Write every work of the archive as JSON.",
        "fanthology export --json-lines > works.jsonl",
    )
    parser.add_argument("--json-lines", action="store_true", required=True, help="one work per line")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write there instead of standard output")


def read(options: argparse.Namespace) -> int:
    from fanthology.formats.__main__ import read_files

    return read_files(options.files, out=sys.stdout, read_file=_sandbox())


def convert(options: argparse.Namespace) -> int:
    from fanthology.formats.__main__ import convert
    from fanthology.formats.errors import FormatError

    if options.target.exists() and not options.force:
        return _complain(f"{options.target} exists already; nothing was written.", REFUSED)
    try:
        convert(options.source, options.target, read_file=_sandbox())
    except (FormatError, OSError) as error:
        return _complain(str(error), FAULTY)
    return OK


def _sandbox() -> Callable[[Path], Reading]:
    """What reads one file in a child process. Its settings alone are read: no archive is needed, and no secret is made."""
    from django.conf import settings

    from fanthology.config.env import Misread

    try:
        from fanthology.config import sandbox as limits
    except Misread as error:
        raise SystemExit(_complain(str(error), MISUSED)) from None
    if not settings.configured:
        settings.configure(SANDBOX_WORKERS=limits.WORKERS, SANDBOX_MEMORY=limits.MEMORY)
    from fanthology.base import sandbox

    sandbox.log.addHandler(logging.NullHandler())  # the error in the answer says it in plain words

    def read_file(path: Path) -> Reading:
        with path.open("rb"):  # what cannot be opened is no reader's fault: OSError
            return sandbox.read_file(path, name=path.name)

    return read_file


def export(options: argparse.Namespace) -> int:
    _django()
    from fanthology.rescue.export import json_lines

    if options.out is None:
        json_lines(sys.stdout.buffer)
        return OK
    if options.out.exists():
        return _complain(f"{options.out} exists already; nothing was written.", REFUSED)
    with options.out.open("xb") as out:
        json_lines(out)
    return OK


# --------------------------------------------------------------------------------------------------- moving in


def _rescuing(commands: Commands) -> None:
    parser = _add(
        commands,
        "rescue",
        rescue,
        "Bring an old site in: read it, report on it, and publish what may be published.",
        "fanthology rescue dump.sql --files stories.tar --site 'Saltwick Archive' --basis owner-permits --publish",
    )
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a database dump, a folder, a file of any known format"
    )
    parser.add_argument("--kind", default="auto", help="the old software (default: found out)")
    parser.add_argument(
        "--files", type=Path, metavar="DIR|TAR", help="where the texts of the stories are, if not in the database"
    )
    parser.add_argument("--prefix", help="the tables' prefix, where one dump holds several sites")
    parser.add_argument("--encoding", default="auto", help="the dump's encoding (default: found out)")
    parser.add_argument("--site", metavar="NAME", help="the old site's name (default: what it calls itself)")
    parser.add_argument(
        "--host", action="append", default=[], metavar="HOST", help="a former host; may be given several times"
    )
    parser.add_argument(
        "--basis", choices=("owner-moves", "owner-permits", "no-owner"), help="by whose permission: needed to publish"
    )
    parser.add_argument("--basis-note", metavar="TEXT", help="where that is written (default: who ran this command)")
    parser.add_argument("--publish", action="store_true", help="publish what may be published")
    parser.add_argument("--dry-run", action="store_true", help="read and report; change nothing")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the full report there, as JSON")
    parser.add_argument("--json", action="store_true", help="print the report as JSON instead of tables")


def rescue(options: argparse.Namespace) -> int:
    _django(needs_archive=False)
    from fanthology.base.preparing import prepare
    from fanthology.rescue.command import rescue

    prepare()
    return rescue(
        options.paths,
        kind=options.kind,
        files=options.files,
        prefix=options.prefix,
        encoding=options.encoding,
        site=options.site,
        hosts=options.host,
        basis=options.basis,
        basis_note=options.basis_note,
        publish=options.publish,
        dry_run=options.dry_run,
        report=options.report,
        as_json=options.json,
    )


# -------------------------------------------------------------------------------------------------- keeping it


def _keeping(commands: Commands) -> None:
    _add(
        commands,
        "reindex",
        reindex,
        "Build the search index anew, beside the old one, and switch.",
        "fanthology reindex",
    )

    parser = _add(commands, "check", check, "Look for whatever is not as it should be.", "fanthology check --repair")
    parser.add_argument("names", nargs="*", metavar="CHECK", help="only these checks (default: all)")
    parser.add_argument("--repair", action="store_true", help="mend what is derived or certainly useless")
    parser.add_argument("--json", action="store_true", help="one JSON object per fault and line")

    parser = _add(
        commands,
        "backup",
        backup,
        "Write a whole, consistent backup while the site runs.",
        "fanthology backup archive.tar",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="must not exist yet")

    parser = _add(
        commands, "restore", restore, "Make this data directory what a backup was.", "fanthology restore archive.tar"
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="what `fanthology backup` wrote")
    parser.add_argument("--force", action="store_true", help="lose the archive that is here")

    parser = _add(commands, "keeper", keeper, "Manage who keeps this archive.", "fanthology keeper add mina")
    parser.add_argument(
        "verb", choices=("add", "password"), help="add an account that may do everything, or give one a new password"
    )
    parser.add_argument("name", metavar="NAME", help="the login")
    parser.add_argument("--email", default="", help="where the archive may write to the keeper")


def reindex(_options: argparse.Namespace) -> int:
    _django()
    from fanthology.search import index

    with _progress("Indexing") as show:
        total = index.rebuild(lambda done, total: show(done, total, "Indexing"))
    print(f"{total:,} works are in the new index.")
    return OK


def check(options: argparse.Namespace) -> int:
    _django()
    from fanthology.base import checks

    unknown = sorted(set(options.names) - set(checks.CHECKS))
    if unknown:
        return _complain(
            f"There is no check named {', '.join(unknown)}; there are {', '.join(checks.CHECKS)}.", MISUSED
        )
    left = waiting = 0
    for name, fault in checks.faults(options.names):
        mended = options.repair and fault.repair is not None
        if mended and fault.repair is not None:
            fault.repair()
        left += not mended and not fault.waiting
        waiting += not mended and fault.waiting
        if options.json:
            print(
                json.dumps(
                    {
                        "check": name,
                        "code": fault.code,
                        "subject": fault.subject,
                        "message": fault.message,
                        "repaired": mended,
                        "waiting": fault.waiting and not mended,
                    }
                )
            )
        else:
            mark = "waiting: " if fault.waiting and not mended else ""
            print(f"{mark}{fault.code}: {fault.subject}: {fault.message}{' Repaired.' if mended else ''}")
    if not options.json:
        if waiting:
            print("What waits is done while `fanthology serve` runs, or by `fanthology work --once`.")
        print("All is well." if not left else f"{left:,} {'fault is' if left == 1 else 'faults are'} left.")
    return FAULTY if left else OK


def backup(options: argparse.Namespace) -> int:
    _django()
    from fanthology.base.backup import Refused, backup

    try:
        with _progress("Backup") as show:
            made = backup(options.file.absolute(), progress=show)
    except Refused as error:
        return _complain(str(error), REFUSED)
    print(f"{made.path}: {made.size:,} bytes, the database and {made.blobs:,} blobs.")
    for sha256 in made.lost:
        _complain(f"The blob {sha256} is missing or damaged; it is not in the backup.", FAULTY)
    return FAULTY if made.lost else OK


def restore(options: argparse.Namespace) -> int:
    _django(needs_archive=False)
    from fanthology.base.backup import Refused, restore
    from fanthology.base.preparing import prepare

    try:
        with _progress("Restore") as show:
            back = restore(options.file.absolute(), force=options.force, progress=show)
    except Refused as error:
        return _complain(str(error), REFUSED)
    prepare()
    print(
        f"{back.archive} is back as of {back.made_at}, with {back.blobs:,} blobs; {back.erased_again:,} erasures were done again."
    )
    print("The search index is built at the next start of `fanthology serve` or `work`.")
    return OK


def keeper(options: argparse.Namespace) -> int:
    _django(needs_archive=False)
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from fanthology.base.preparing import prepare
    from fanthology.people.actions import LoginTaken, add_keeper, change_password
    from fanthology.people.models import Person

    prepare()
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        validate_password(password)
        if options.verb == "add":
            add_keeper(login=options.name, password=password, email=options.email)
        else:
            change_password(login=options.name, password=password)
    except Person.DoesNotExist:
        return _complain(f"There is no account named {options.name}.", REFUSED)
    except ValidationError as error:
        return _complain(" ".join(error.messages), REFUSED)
    except LoginTaken as error:
        return _complain(str(error), REFUSED)
    print(f"{options.name} is a keeper of this archive now." if options.verb == "add" else "The password is changed.")
    return OK


# --------------------------------------------------------------------------------------------------- behind them


def _django(*, needs_archive: bool = True) -> None:
    """Set up Django, or end with the reason why it cannot be: a setting that is missing or not understood."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanthology.config.settings")
    os.umask(0o077)  # whatever is written from here on holds other people's words and addresses
    from fanthology.config.env import Misread

    try:
        import django

        django.setup()
    except Misread as error:
        raise SystemExit(_complain(str(error), MISUSED)) from None
    from django.conf import settings
    from django.core.checks import run_checks

    for problem in run_checks(tags=["fanthology"]):
        _complain(f"{problem.msg} {problem.hint or ''}", MISUSED)
    if settings.MISSING:
        raise SystemExit(MISUSED)
    if needs_archive and settings.DATABASE_URL is None and not Path(settings.DATABASES["default"]["NAME"]).exists():
        raise SystemExit(
            _complain(f"There is no archive in {settings.DATA} yet; `fanthology serve` makes one.", REFUSED)
        )


def _in_a_child(*arguments: str) -> int:
    """Run a subcommand in a process of its own, whose memory goes with it."""
    return subprocess.run([sys.executable, "-m", "fanthology", *arguments], check=False).returncode  # noqa: S603 - ourselves


def _complain(message: str, status: int) -> int:
    print(f"fanthology: {message}", file=sys.stderr)
    return status


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int, str], None]]:
    """A bar on standard error where somebody watches; nothing in a log."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        shown = bar.add_task(title, total=None)
        yield lambda done, total, note: bar.update(shown, completed=done, total=total or None, description=note)


if __name__ == "__main__":
    sys.exit(main())
