"""The face of search: ask it, keep it true, build it anew. Hides which engine there is, where it lies and its generations.

`settings.INDEX / CURRENT` names the generation in use, its schema and the database it was made from; an index of
another schema or database is not asked. Only the worker's pulse lane and `rebuild` write, one at a time by a lock of
the operating system; everyone else reads and follows CURRENT.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import html
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from django.conf import settings

from fanthology.base import outbox
from fanthology.base.folding import fold
from fanthology.base.models import Archive, OutboxEvent
from fanthology.tags.models import Kind, Tag, TagClosure
from fanthology.works.access import State, Viewer
from fanthology.works.models import Chapter, Work

from .document import Answer, EngineAway, TagIs, Wanted
from .documents import documents, plain
from .engines.tantivy import SCHEMA, Engine
from .query import All, AnyOf, Node, Not, TagNamed

REBUILD_BATCH = 1_000
REBUILD_THREADS = 2
SNIPPET_TEXT = 200_000
_KINDS = {"rating": Kind.RATING, "warning": Kind.WARNING, "category": Kind.CATEGORY, "fandom": Kind.FANDOM} | {
    "character": Kind.CHARACTER,
    "relationship": Kind.RELATIONSHIP,
    "additional": Kind.ADDITIONAL,
}
_TAG = re.compile(r"</?b>")
_open: dict[Path, Engine] = {}
_counts: dict[tuple[str, str], Answer] = {}
_counting = Lock()
COUNTS_KEPT = 200


@dataclass(frozen=True, slots=True)
class Current:
    """Which generation is asked. `position`: the outbox event up to which it was built, before the drain took over."""

    generation: str
    schema: int
    database_id: str
    position: int


def current() -> Current | None:
    """The generation in use, or None where there is none that fits this database."""
    found = _named()
    fits = found and found.schema == SCHEMA and found.database_id == str(Archive.current().database_id)
    return found if found and fits and (settings.INDEX / found.generation).is_dir() else None


def _named() -> Current | None:
    try:
        return Current(**json.loads((settings.INDEX / "CURRENT").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def engine() -> Engine:
    """The engine in use. Raises EngineAway."""
    now = current()
    if now is None:
        raise EngineAway("The search index is not built yet.")
    folder = settings.INDEX / now.generation
    if folder not in _open:
        _open.clear()
        _open[folder] = Engine(folder)
    return _open[folder]


# Asking ---------------------------------------------------------------------------------------------------------


def ask(wanted: Wanted, *, viewer: Viewer) -> Answer:
    """One page of works with counts, only of what `viewer` may see. Hits are checked against the database again.

    Raises EngineAway when there is no index; `works` alone can then still be browsed.
    """
    wanted = replace(wanted, tags=resolve(wanted.node), members=viewer.is_member)
    answer = _counted(wanted) if wanted.facets else engine().find(wanted)
    visible = set(Work.objects.visible_to(viewer).filter(pk__in=answer.ids).values_list("pk", flat=True))
    return replace(answer, ids=tuple(work_id for work_id in answer.ids if work_id in visible))


def _counted(wanted: Wanted) -> Answer:
    """The answer with its counts. They are the same on every page and in every order, so they are kept a while."""
    key = (state(), repr(replace(wanted, offset=0, limit=0, sort="")))
    kept = _counts.get(key)
    answer = engine().find(replace(wanted, facets=kept is None))
    if kept is None:
        kept = answer
        with _counting:  # two threads may throw out the oldest at once
            while len(_counts) >= COUNTS_KEPT:
                del _counts[next(iter(_counts))]
            _counts[key] = answer
    facets = {kind: dict(counts) for kind, counts in kept.facets.items()}
    return replace(answer, facets=facets, languages=dict(kept.languages), complete=dict(kept.complete))


def resolve(node: Node) -> dict[str, TagIs]:
    """What the tags named in a query stand for: their canonical tags, of the kind said or of any."""
    names = {(part.kind, part.name) for part in _tags_of(node)}
    found = {}
    for kind, name in names:
        tags = Tag.objects.named(_KINDS[kind], name) if kind else Tag.objects.filter(key=fold(name))
        ids = {tag.synonym_of_id or tag.pk for tag in tags}
        if not ids and kind in ("rating", "warning", "category"):
            close = Tag.objects.filter(kind_id=_KINDS[kind], key__contains=fold(name))
            ids = set(close.values_list("pk", flat=True))
        found[f"{kind}:{name}"] = TagIs(tuple(sorted(ids)), name)
    return found


def snippets(node: Node, work_ids: Sequence[int]) -> dict[int, str]:
    """For works whose text holds the words asked for: a piece of it as HTML, the words in <b>.

    Callers leave out works behind a consent gate. Looks at the first 200,000 characters of each.
    """
    asked = engine()
    rows = Chapter.objects.filter(work_id__in=work_ids, state=State.POSTED.value).order_by("work_id", "position")
    found: dict[int, str] = {}
    seen: dict[int, int] = {}
    for work_id, markup in rows.values_list("work_id", "text__markup").iterator(chunk_size=50):
        if work_id in found or seen.get(work_id, 0) > SNIPPET_TEXT:
            continue
        seen[work_id] = seen.get(work_id, 0) + len(markup)
        text = plain(markup[:SNIPPET_TEXT])
        piece = asked.snippet(node, text)
        if piece:
            found[work_id] = _with_ellipses(piece.strip(), text)
    return found


def _with_ellipses(piece: str, text: str) -> str:
    """Says where words of the text go before a piece of it and after."""
    before, _, after = text.partition(html.unescape(_TAG.sub("", piece)))
    goes_on = [any(letter.isalnum() for letter in rest) for rest in (before, after)]
    return f"{'… ' if goes_on[0] else ''}{piece}{' …' if goes_on[1] else ''}"


def suggest_tags(typed: str, *, kind: int | None = None, most: int = 10) -> list[Tag]:
    """Canonical tags whose name, or a synonym's, begins with what was typed; the most used first."""
    begun = Tag.objects.filter(key__startswith=fold(typed))
    if kind:
        begun = begun.filter(kind_id=kind)
    ids = {tag.synonym_of_id or tag.pk for tag in begun.most_used()[: most * 3]}
    return list(Tag.objects.filter(pk__in=ids).most_used()[:most])


def _tags_of(node: Node) -> Iterator[TagNamed]:
    match node:
        case TagNamed():
            yield node
        case Not(part):
            yield from _tags_of(part)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _tags_of(part)


# Keeping it true ------------------------------------------------------------------------------------------------


def drain(events: Sequence[OutboxEvent]) -> None:
    """Take news from the outbox into the index. Being told twice does no harm."""
    refresh(_touched(events))


def _quietly(done: int, total: int) -> None:
    """No one is told how far it is."""


def rebuild(progress: Callable[[int, int], None] = _quietly) -> int:
    """Build a new generation beside the old one, catch up with the outbox, switch. Returns the number of documents."""
    generation = f"g{dt.datetime.now(dt.UTC):%Y%m%d%H%M%S%f}"
    started_at = outbox.position()
    fresh = Engine(settings.INDEX / generation)
    ids = list(
        Work.objects.filter(state=State.POSTED.value, unrevealed=False).order_by("pk").values_list("pk", flat=True)
    )
    progress(0, len(ids))
    with fresh.writing(threads=REBUILD_THREADS) as batch:
        for start in range(0, len(ids), REBUILD_BATCH):
            for document in documents(ids[start : start + REBUILD_BATCH]):
                batch.put(document, is_new=True)
            progress(min(start + REBUILD_BATCH, len(ids)), len(ids))
    with _writer_lock():
        missed = list(OutboxEvent.objects.filter(pk__gt=started_at, topic__regex=r"^(work|tag)\."))
        _apply(fresh, _touched(missed))
        _switch(Current(generation, SCHEMA, str(Archive.current().database_id), outbox.position()))
    _sweep(generation)
    return fresh.count()


def refresh(work_ids: Sequence[int]) -> None:
    """Put these works into the index as they are now, or drop them from it."""
    with _writer_lock():
        _apply(engine(), work_ids)


def state() -> str:
    """Changes with every change of what search finds, in whichever process it was made; "" while there is no index.

    Asked for with every kept page, so it looks at two files and no database.
    """
    named = _named()
    try:
        return (
            f"{named.generation}.{(settings.INDEX / named.generation / 'meta.json').stat().st_mtime_ns}"
            if named
            else ""
        )
    except OSError:
        return ""


def is_away() -> bool:
    return current() is None


def _touched(events: Sequence[OutboxEvent]) -> list[int]:
    """Ids of all works that the news concerns: their own, and those with a tag that moved."""
    works = {event.subject_id for event in events if event.subject == "work"}
    tags = {event.subject_id for event in events if event.subject == "tag"}
    if tags:
        near = TagClosure.objects.filter(
            ancestor_id__in=TagClosure.objects.filter(tag_id__in=tags).values("ancestor_id")
        )
        works.update(Work.objects.filter(work_tags__tag_id__in=near.values("tag_id")).values_list("pk", flat=True))
    return sorted(works)


def _apply(target: Engine, work_ids: Sequence[int]) -> None:
    if not work_ids:
        return
    for start in range(0, len(work_ids), REBUILD_BATCH):
        some = work_ids[start : start + REBUILD_BATCH]
        with target.writing() as batch:
            for work_id in some:
                batch.drop(work_id)
            for document in documents(some):
                batch.put(document)


@contextlib.contextmanager
def _writer_lock() -> Iterator[None]:
    """One writer in the whole machine, and none left behind by a killed process: the kernel lets go of it."""
    settings.INDEX.mkdir(parents=True, exist_ok=True)
    with (settings.INDEX / "writer.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _switch(to: Current) -> None:
    beside = settings.INDEX / "CURRENT.new"
    words = {"generation": to.generation, "schema": to.schema, "database_id": to.database_id, "position": to.position}
    with beside.open("w") as out:
        json.dump(words, out)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(settings.INDEX / "CURRENT")


def _sweep(keep: str) -> None:
    """Remove former generations; readers that still hold one open go on with it until their next look."""
    for folder in settings.INDEX.glob("g*"):
        if folder.is_dir() and folder.name < keep:
            shutil.rmtree(folder, ignore_errors=True)
