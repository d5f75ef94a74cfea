"""`python -m fanthology.formats read|write|sniff|lint`: the core by itself, without a site. What bug reports use.

It reads in this process, so use it on files that you trust; `fanthology read` and `convert` read in the sandbox.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from . import read, registry, sniff, write
from .context import DEFAULT
from .errors import Ambiguous, FormatError, LimitExceeded
from .markup import clean
from .model import Reading, Story
from .transforms import story_from_dict, story_to_dict

ReadFile = Callable[[Path], Reading]
"""How one file is read: in this process here, in the sandbox when the site's command delegates to us."""


def read_path(path: Path) -> Reading:
    """Read one file from disk. Raises FormatError, also for a file that is too large; OSError when it cannot be opened."""
    size = path.stat().st_size
    if size > DEFAULT.input_bytes:
        raise LimitExceeded(
            f"{path.name} has {size:,} bytes; at most {DEFAULT.input_bytes:,} are read at once.", code="limit.size"
        )
    return read(path.read_bytes(), name=path.name)


def read_files(
    paths: Iterable[Path | str], *, out: TextIO, json_lines: bool = True, read_file: ReadFile = read_path
) -> int:
    """Print one JSON object per story of every file, folders in the order of their names. Returns the exit code.

    What cannot be read stands as `{"error": {"code", "message", "file"}}` in its place and makes the exit code 1.
    `json_lines=False` prints the objects indented, for people.
    """
    status = 0
    for path in _files(paths):
        try:
            objects = [story_to_dict(story) for story in read_file(path).stories]
        except (FormatError, OSError) as fault:
            objects = [_error(fault, path)]
            status = 1
        out.writelines(
            json.dumps(item, ensure_ascii=False, indent=None if json_lines else 1) + "\n" for item in objects
        )
    return status


def convert(in_path: Path | str, out_path: Path | str, *, read_file: ReadFile = read_path) -> None:
    """Read one file and write its story in the format that the ending of `out_path` names; nothing is left half-written.

    Raises FormatError (Ambiguous when the file holds several stories) and OSError.
    """
    source, target = Path(in_path), Path(out_path)
    wanted = registry.format_for_name(target.name)
    registry.writer_for(wanted.name)
    stories = read_file(source).stories
    if len(stories) > 1:
        titles = tuple(story.title for story in stories)
        raise Ambiguous(
            f"{source.name} holds {len(stories)} stories; convert one file at a time.",
            choices=titles,
            code="ambiguous.stories",
        )
    partial = target.with_name(f".{target.name}.partial")
    try:
        with partial.open("wb") as out:
            write(stories[0], wanted.name, out=out)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def lint(path: Path, *, read_file: ReadFile = read_path) -> list[str]:
    """What is wrong with our own reading of a file: the laws of a Story that do not hold. [] when all hold."""
    return [f"{story.title}: {fault}" for story in read_file(path).stories for fault in _faults(story)]


def _faults(story: Story) -> Iterator[str]:
    if story_from_dict(json.loads(json.dumps(story_to_dict(story)))) != story:
        yield "its JSON form does not read back equal"
    if not story.title:
        yield "it has no title"
    for chapter in story.chapters:
        if clean(chapter.text, mode="html")[0] != chapter.text:
            yield f"the markup of chapter {chapter.position} is not canonical"
    positions = [chapter.position for chapter in story.chapters]
    if positions != sorted(set(positions)):
        yield "its chapters are not in order"


def _files(paths: Iterable[Path | str]) -> Iterator[Path]:
    """Files as given; a folder gives all files in it, in a stable order."""
    for path in map(Path, paths):
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.is_file() and not each.name.startswith("."))
        else:
            yield path


def _error(fault: FormatError | OSError, path: Path) -> dict[str, Any]:
    if isinstance(fault, FormatError):
        return {"error": {"code": fault.code, "message": fault.message, "file": str(path)}}
    return {"error": {"code": "unreadable.file", "message": fault.strerror or str(fault), "file": str(path)}}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fanthology.formats", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("read", "print each story as one line of JSON"),
        ("sniff", "say which format a file is in"),
        ("lint", "check that reading a file keeps every law of a Story"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("files", nargs="+", type=Path)
        if name == "read":
            command.add_argument(
                "--json-lines", action="store_true", default=True, help="one object per line (the default)"
            )
            command.add_argument("--indent", dest="json_lines", action="store_false", help="indent for people")
    command = commands.add_parser("write", help="convert one file; the ending of OUT names the format")
    command.add_argument("in_path", metavar="IN", type=Path)
    command.add_argument("out_path", metavar="OUT", type=Path)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line. Returns 0, or 1 when some input could not be read; argparse exits with 2 on wrong usage."""
    options = _parser().parse_args(arguments)
    if options.command == "read":
        _as_utf8(sys.stdout)
        return read_files(options.files, out=sys.stdout, json_lines=options.json_lines)
    try:
        return _run(options)
    except (FormatError, OSError) as fault:
        print(fault, file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    if options.command == "write":
        convert(options.in_path, options.out_path)
        return 0
    faults: list[str] = []
    for path in _files(options.files):
        if options.command == "sniff":
            guess = sniff(path.read_bytes(), path.name)
            print(f"{path}: {guess.format} ({guess.confidence:.2f})")
        else:
            faults += [f"{path}: {fault}" for fault in lint(path)]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def _as_utf8(stream: TextIO | BinaryIO) -> None:
    """JSON is UTF-8 whatever the terminal's locale says."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
