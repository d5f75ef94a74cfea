"""A story that is here already and differs in a newer dump: what changed there is taken, what was edited here stays."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from fanthology.base.failpoints import reach
from fanthology.formats import Markup
from fanthology.formats.transforms import word_count
from fanthology.gatherings.actions import answer_challenges
from fanthology.people.models import PenName
from fanthology.tags.models import Tag
from fanthology.works import actions
from fanthology.works.access import State
from fanthology.works.actions import NewChapter, Tagged
from fanthology.works.models import Chapter, Work
from fanthology.works.policy import Verdict

from ..digests import compare, digest, digests_of
from ..models import Conflict, SourceKey
from .known import Bringing
from .shapes import (
    NO_TEXT,
    Prepared,
    brief,
    chapter_fields,
    chapter_here,
    chapter_key,
    fields_here,
    header_here,
    header_with,
    old_places,
    whole_digest,
)

TAKEN_BACK = "it was taken back here"
REMOVED = "it was taken out here"


def meet_again(bringing: Bringing, ready: Prepared, row: SourceKey) -> None:
    """Update one work from a newer dump, in one transaction. Fields changed on both sides become `Conflict` rows."""
    with transaction.atomic():
        work = Work.objects.filter(pk=row.object_id).first()
        if work is None:
            _leave_alone(bringing, ready)
            return
        changed, clashes = _update(bringing, ready, row, work)
        row.digest, row.last_run = whole_digest(ready), bringing.run
        row.save()
        outcome = "conflict" if clashes else "updated" if changed else "unchanged"
        bringing.note(
            "work", ready.record.key, outcome, ", ".join(sorted(clashes)), title=work.title, object_id=work.pk
        ).findings = [brief(finding) for finding in ready.record.story.findings[:50]]
        bringing.write_notes()
        reach("rescue.work-updated")
    bringing.account.did("work", outcome)


def _leave_alone(bringing: Bringing, ready: Prepared) -> None:
    bringing.leave_out("work", ready.record.key, TAKEN_BACK)
    bringing.account.left_out_here("chapter", f"its story was left out: {TAKEN_BACK}", len(ready.chapter_fields))
    bringing.write_notes()


def _update(bringing: Bringing, ready: Prepared, row: SourceKey, work: Work) -> tuple[bool, set[str]]:
    """→ (was anything changed, names of the fields in conflict)."""
    chapters = {chapter.pk: chapter for chapter in work.chapters.select_related("text")}
    rows = {
        key.object_id: key
        for key in SourceKey.objects.filter(site=bringing.site, kind="chapter", object_id__in=chapters)
    }
    theirs, ours = digests_of(ready.fields), digests_of(fields_here(work, {pk: key.old_id for pk, key in rows.items()}))
    found = compare(imported=row.digests, theirs=theirs, ours=ours)
    row.digests = theirs
    take = {name: ready.fields[name] for name in found.take}
    if take:
        put_fields(work, take)
    clashes = set(found.conflicts)
    for name in found.conflicts:
        _list(bringing, row, name, ready.fields[name])
    changed_chapters, chapter_clashes = _update_chapters(
        bringing, ready, work, chapters, rows, reorder="chapters" in take
    )
    if "chapters" in take:  # those that are no longer there stand here still, and that is no edit
        keys = SourceKey.objects.filter(site=bringing.site, kind="chapter", object_id__in=work.chapters.values("pk"))
        standing = fields_here(work, dict(keys.values_list("object_id", "old_id")))
        row.digests = {**theirs, "chapters": digest(standing["chapters"])}
    _answer_challenges(bringing, ready, work)
    _renumber_old_places(bringing, ready, work)
    _settle_state(work)
    if ready.decision.verdict >= Verdict.HOLD and work.state in (State.WAITING, State.POSTED):
        actions.set_state(work=work, state=State.HELD, reason=ready.decision.reasons[0][:60])
    return bool(take) or changed_chapters, clashes | chapter_clashes


def _answer_challenges(bringing: Bringing, ready: Prepared, work: Work) -> None:
    """Challenges answered since. One that it answers here and no longer there stays: nobody can tell who said so."""
    there = {bringing.known.id("challenge", key) for key in ready.record.challenges}
    answer_challenges(answer=work, challenge_ids=[challenge for challenge in there if challenge is not None])


def _renumber_old_places(bringing: Bringing, ready: Prepared, work: Work) -> None:
    """`chapter=M` of the old site means what it means there now."""
    places: dict[str, int] = {}
    standing = {chapter.pk: chapter for chapter in work.chapters.all()}
    for chapter in ready.record.story.chapters:
        here = bringing.known.id("chapter", chapter_key(ready.record, chapter))
        known_by = [list(pair) for pair in chapter.source_ids]
        if here in standing and standing[here].origin_ids != known_by:
            Chapter.objects.filter(pk=here).update(origin_ids=known_by)
        for place in old_places(ready.record, chapter):
            if here is not None:
                places.setdefault(place, here)
    rows = SourceKey.objects.filter(site=bringing.site, kind="place", old_id__startswith=f"{ready.record.key}/")
    if dict(rows.values_list("old_id", "object_id")) != places:
        rows.delete()
        bringing.known.save(bringing.known.new("place", place, chapter) for place, chapter in places.items())


def _settle_state(work: Work) -> None:
    """A story that was held because it had no text is held no longer once it has one."""
    work.refresh_from_db(fields=["state", "hold_reason"])
    has_text = work.chapters.exclude(text__markup="").exists()
    if has_text and work.state == State.HELD and work.hold_reason == NO_TEXT:
        actions.set_state(work=work, state=State.WAITING)
    elif not has_text and work.state == State.WAITING:
        actions.set_state(work=work, state=State.HELD, reason=NO_TEXT)


def put_fields(work: Work, fields: Mapping[str, Any]) -> None:
    """Write some fields of a work, given in their comparable form; `put_order` writes "chapters"."""
    actions.change_header(work=work, header=header_with(header_here(work), fields), version=_version(work))
    if "tags" in fields:
        tags = Tag.objects.in_bulk(fields["tags"])
        lines = [Tagged(tags[pk], tags[pk].name) for pk in fields["tags"] if pk in tags]
        actions.change_tags(work=work, tags=lines, version=_version(work))
    if "authors" in fields:
        actions.change_authors(work=work, authors=[PenName(pk=pk) for pk in fields["authors"]], version=_version(work))
    if "hidden" in fields:
        work.refresh_from_db(fields=["state"])
        if fields["hidden"]:
            actions.set_state(work=work, state=State.HIDDEN, reason="hidden on the old site")
        elif work.state == State.HIDDEN:
            actions.set_state(work=work, state=State.WAITING)


def put_order(work: Work, old_ids: Sequence[str], *, site_id: int) -> None:
    """Put the chapters in this order of their old ids. Those that only stand here come after them, in their own order."""
    own = work.chapters.in_order().values_list("pk", flat=True)
    keys = SourceKey.objects.filter(site_id=site_id, kind="chapter", old_id__in=old_ids, object_id__in=own)
    ids = dict(keys.values_list("old_id", "object_id"))
    theirs = [ids[old_id] for old_id in old_ids if old_id in ids]
    ours = [pk for pk in own if pk not in theirs]
    actions.renumber_chapters(work=work, order=[*theirs, *ours], version=_version(work))


def _version(work: Work) -> int:
    return Work.objects.values_list("version", flat=True).get(pk=work.pk)


def _update_chapters(
    bringing: Bringing,
    ready: Prepared,
    work: Work,
    chapters: Mapping[int, Chapter],
    rows: Mapping[int, SourceKey],
    *,
    reorder: bool,
) -> tuple[bool, set[str]]:
    by_key = {row.old_id: row for row in rows.values()}
    changed, clashes, order = False, set(), []
    position = max((chapter.position for chapter in chapters.values()), default=0)
    for story_chapter, new, fields in zip(
        ready.record.story.chapters, ready.arrival.chapters, ready.chapter_fields, strict=True
    ):
        key = chapter_key(ready.record, story_chapter)
        row = by_key.get(key)
        if row is None and _was_removed(bringing, key):
            bringing.account.left_out_here("chapter", REMOVED)
            continue
        if row is None:
            position += 1
            made = _add_chapter(bringing, work, key, new, fields, position)
            order.append(made)
            changed = True
            bringing.account.did("chapter", "added")
            continue
        order.append(row.object_id)
        took, clashed = _update_chapter(bringing, chapters[row.object_id], new, fields, row)
        changed |= took
        clashes |= clashed
        bringing.account.did("chapter", "conflict" if clashed else "updated" if took else "unchanged")
    here = [pk for pk in chapters if pk not in order]
    if reorder and len(order) == len(set(order)):
        actions.renumber_chapters(work=work, order=[*order, *here], version=_version(work))
    return changed, clashes


def _was_removed(bringing: Bringing, key: str) -> bool:
    """It came with an earlier run and is nowhere here any more: somebody took it out, and it stays out."""
    known = bringing.known.id("chapter", key)
    return known is not None and not Chapter.objects.filter(pk=known).exists()


def _add_chapter(
    bringing: Bringing, work: Work, key: str, new: NewChapter, fields: dict[str, object], position: int
) -> int:
    placed = NewChapter(**{**{name: getattr(new, name) for name in NewChapter.__slots__}, "position": position})
    made = actions.add_chapters(work=work, chapters=[placed], version=_version(work))[0]
    if bringing.known.id("chapter", key) is None:  # else it moved here from another story, which still holds it
        bringing.known.save([bringing.known.new("chapter", key, made.pk, fields)])
    return made.pk


def _update_chapter(
    bringing: Bringing, chapter: Chapter, new: NewChapter, fields: dict[str, object], row: SourceKey
) -> tuple[bool, set[str]]:
    theirs, ours = digests_of(fields), digests_of(chapter_fields(chapter_here(chapter)))
    found = compare(imported=row.digests, theirs=theirs, ours=ours)
    if found.take:
        put_chapter_fields(chapter, {name: fields[name] for name in found.take}, markup=new.markup)
    for name in found.conflicts:
        _list(bringing, row, name, new.markup if name == "text" else fields[name])
    row.digests, row.last_run = theirs, bringing.run
    row.save()
    return bool(found.take), {f"chapter {chapter.position}: {name}" for name in found.conflicts}


def put_chapter_fields(chapter: Chapter, fields: Mapping[str, Any], *, markup: Markup) -> None:
    """Write some fields of a chapter, given in their comparable form; `markup` is the text where "text" is among them."""
    here = {name: getattr(chapter_here(chapter), name) for name in NewChapter.__slots__}
    here.update({name: fields[name] for name in ("title", "summary", "notes", "end_notes") if name in fields})
    if "text" in fields:
        here["markup"], here["word_count"] = markup, word_count(markup)
    if "contributor" in fields:
        here["contributor"] = PenName(pk=fields["contributor"]) if fields["contributor"] else None
    if "hidden" in fields:
        here["state"] = State.HIDDEN if fields["hidden"] else State.POSTED
    actions.revise_chapter(chapter=chapter, new=NewChapter(**here), reason="newer dump")


def _list(bringing: Bringing, row: SourceKey, name: str, theirs: object) -> None:
    text = theirs if isinstance(theirs, str) else json.dumps(theirs, ensure_ascii=False)
    Conflict.objects.update_or_create(
        run=bringing.run, source_key=row, field=name, defaults={"theirs": text, "resolved": ""}
    )
