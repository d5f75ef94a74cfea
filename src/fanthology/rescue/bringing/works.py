"""Stories of the former site → works here: decided on, written in batches, met again by a newer dump."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction

from fanthology.base.failpoints import reach
from fanthology.formats import Chapter as StoryChapter
from fanthology.formats.dumps.records import StoryRecord
from fanthology.gatherings.models import ChallengeResponse
from fanthology.people.models import PenName
from fanthology.tags.models import Kind
from fanthology.works import actions
from fanthology.works.access import Audience, State
from fanthology.works.actions import Arrival, Header, NewChapter, Tagged, is_import_forbidden
from fanthology.works.addresses import work_url
from fanthology.works.dates import last_change
from fanthology.works.policy import Decision, Declared, Verdict, decide

from ..addresses import split_address
from ..models import OldAddress, Site, SourceKey
from ..report import permission_words
from .again import meet_again
from .known import Bringing
from .people import FORBIDDEN
from .shapes import (
    NO_TEXT,
    Prepared,
    brief,
    chapter_fields,
    chapter_key,
    old_places,
    whole_digest,
    work_fields,
)
from .tags import Tags

TITLE = 255


class Works:
    """Takes batches of stories. What is refused or forbidden is noted and never written."""

    def __init__(self, bringing: Bringing, tags: Tags) -> None:
        self.bringing = bringing
        self.tags = tags

    def bring(self, batch: list[StoryRecord]) -> None:
        bringing = self.bringing
        allowed = [record for record in batch if not self._is_left_out(record)]
        rows = bringing.known.rows("work", [record.key for record in allowed])
        prepared = [ready for record in allowed if (ready := self._prepare(record, is_new=record.key not in rows))]
        new = [ready for ready in prepared if ready.record.key not in rows]
        with transaction.atomic():
            if new:
                self._write(new)
            same = [(ready, rows[ready.record.key]) for ready in prepared if _is_same(ready, rows)]
            bringing.known.seen_again(row for _, row in same)
            self._see_chapters_again(same)
            bringing.write_notes()
            reach("rescue.works")
        for ready in new:
            bringing.account.did("work", ready.outcome)
            bringing.account.did("chapter", "added", len(ready.chapter_fields))
        for ready, row in same:
            self._count_again(ready, row)
        for ready in prepared:
            if ready.record.key in rows and not _is_same(ready, rows):
                meet_again(bringing, ready, rows[ready.record.key])

    # -- may it come in?

    def _is_left_out(self, record: StoryRecord) -> bool:
        bringing = self.bringing
        gone = bringing.known.left_out["person"]
        url = record.story.source.url or ""
        asked = any(key in gone for key in record.authors) or (
            bringing.forbids and bool(url) and is_import_forbidden(url=url)
        )
        if asked:
            self._refuse(record, FORBIDDEN, "left-out")
        return asked

    def _refuse(self, record: StoryRecord, reason: str, outcome: str) -> None:
        bringing = self.bringing
        bringing.note("work", record.key, outcome, reason, title="" if reason == FORBIDDEN else record.story.title)
        bringing.account.left_out_here("work", reason)
        if record.story.chapters:
            bringing.account.left_out_here("chapter", f"its story was left out: {reason}", len(record.story.chapters))

    def _prepare(self, record: StoryRecord, *, is_new: bool) -> Prepared | None:
        """Everything that costs time, outside any transaction. None = refused, and noted."""
        tags = self._tagged(record)
        words = permission_words(record)
        decision = decide(_declared(record, tags, words))
        if decision.verdict is not Verdict.ALLOW:
            self.bringing.account.decided_on(record, decision.verdict.name.lower(), decision.reasons)
        if decision.verdict is Verdict.REFUSE and is_new:
            self._refuse(record, decision.reasons[0], "refused")
            return None
        chapters = [
            self._chapter(record, chapter, place) for place, chapter in enumerate(record.story.chapters, start=1)
        ]
        state, reason = _state(record, decision, chapters)
        header = self._header(record, tags, words)
        if decision.verdict is Verdict.MEMBERS_ONLY:
            header = replace(header, audience=Audience.MEMBERS)
        authors = [
            PenName(pk=pk) for key in record.authors if (pk := self.bringing.known.id("person", key)) is not None
        ]
        arrival = Arrival(header, authors, tags, chapters, state, reason, min(record.reads, 2**53))
        if is_new:
            arrival = arrival.ready()
        order = [chapter_key(record, chapter) for chapter in record.story.chapters]
        fields = work_fields(header, [author.pk for author in authors], tags, hidden=not record.visible, chapters=order)
        return Prepared(record, arrival, decision, fields, [chapter_fields(chapter) for chapter in chapters])

    # -- in what shape

    def _tagged(self, record: StoryRecord) -> list[Tagged]:
        found = []
        for source, key in record.tags:
            tag = self.tags.of(source, key)
            if tag is not None and tag.kind_id != Kind.RATING:
                found.append(Tagged(tag, tag.name))
        return found

    def _header(self, record: StoryRecord, tags: list[Tagged], words: str) -> Header:
        story, site = record.story, self.bringing.site
        revised_at, revised_precision = last_change(story.updated, story.published)
        rating = self.tags.rating(record.rating, story.rating)
        return Header(
            title=story.title.strip()[:TITLE] or "Untitled",
            summary=story.summary,
            notes=story.notes,
            end_notes=story.end_notes,
            disclaimer=story.disclaimer,
            spoilers=story.spoilers,
            beta_credits=story.beta,
            archive_permission=words[:500],
            labels=story.labels,
            language=(story.language or "")[:35],
            rating=rating.tag,
            rating_as_written=(story.rating_as_written or rating.name)[:250],
            warnings_as_written=self._warnings_as_written(record),
            warnings_stated=any(tagged.tag.kind_id == Kind.WARNING for tagged in tags),
            gate_adults="adults" in rating.gates,
            gate_members="members" in rating.gates,
            gate_text=rating.gate_text if "warn" in rating.gates else "",
            complete=story.complete,
            expected_chapters=story.expected_chapters,
            is_round_robin=record.round_robin,
            is_featured=record.featured,
            published=story.published,
            revised_at=revised_at,
            revised_precision=revised_precision,
            origin=site.name[:200],
            origin_url=(story.source.url or "")[:500],
            origin_software=(story.source.software or "")[:60],
            origin_ids=story.source.ids,
            arrived_in_bulk=True,
        )

    def _warnings_as_written(self, record: StoryRecord) -> tuple[str, ...]:
        """The old site's own words for what is a warning here, by the keeper's mapping too."""
        words = dict.fromkeys(record.story.warnings_as_written)
        for source, key in record.tags:
            tag, old_name = self.tags.of(source, key), self.tags.old_name(source, key)
            if tag is None or tag.kind_id != Kind.WARNING:
                words.pop(old_name, None)
            elif old_name != tag.name:
                words[old_name] = None
        return tuple(words)

    def _chapter(self, record: StoryRecord, chapter: StoryChapter, place: int) -> NewChapter:
        contributor = dict(record.chapter_authors).get(chapter.position)
        pen_name = self.bringing.known.id("person", contributor) if contributor else None
        return NewChapter(
            position=place,
            markup=chapter.text,
            title=chapter.title[:TITLE],
            summary=chapter.summary,
            notes=chapter.notes,
            end_notes=chapter.end_notes,
            word_count=chapter.word_count,
            published=chapter.published,
            contributor=PenName(pk=pen_name) if pen_name is not None else None,
            state=State.HIDDEN if chapter.position in record.hidden_chapters else State.POSTED,
            origin_ids=chapter.source_ids,
        )

    # -- writing

    def _write(self, new: list[Prepared]) -> None:
        bringing = self.bringing
        made = actions.add_works(arrivals=[ready.arrival for ready in new])
        reach("rescue.works-written")
        keys: list[SourceKey] = []
        responses: list[ChallengeResponse] = []
        for ready, (work, chapters) in zip(new, made, strict=True):
            keys.append(bringing.known.new("work", ready.record.key, work.pk, ready.fields, digest=whole_digest(ready)))
            for story_chapter, chapter, fields in zip(
                ready.record.story.chapters, chapters, ready.chapter_fields, strict=True
            ):
                keys.append(bringing.known.new("chapter", chapter_key(ready.record, story_chapter), chapter.pk, fields))
                keys.extend(
                    bringing.known.new("place", place, chapter.pk) for place in old_places(ready.record, story_chapter)
                )
            bringing.note(
                "work", ready.record.key, ready.outcome, ready.arrival.hold_reason, title=work.title, object_id=work.pk
            ).findings = [brief(finding) for finding in ready.record.story.findings[:50]]
            for key in dict.fromkeys(ready.record.challenges):
                challenge = bringing.known.id("challenge", key)
                if challenge is not None:
                    responses.append(ChallengeResponse(challenge_id=challenge, work=work))
        bringing.known.save(
            key for key in _once(keys) if key.kind != "chapter" or bringing.known.id("chapter", key.old_id) is None
        )
        ChallengeResponse.objects.bulk_create(responses, batch_size=200)
        OldAddress.objects.bulk_create(
            [
                row
                for ready, (work, _) in zip(new, made, strict=True)
                for row in _old_addresses(bringing.site, ready, work.pk)
            ],
            ignore_conflicts=True,
        )

    def _see_chapters_again(self, same: list[tuple[Prepared, SourceKey]]) -> None:
        wanted = [chapter_key(ready.record, chapter) for ready, _ in same for chapter in ready.record.story.chapters]
        for start in range(0, len(wanted), 400):
            self.bringing.known.seen_again(self.bringing.known.rows("chapter", wanted[start : start + 400]).values())

    def _count_again(self, ready: Prepared, row: SourceKey) -> None:
        outcome = self.bringing.known.outcome_of(row)
        held = outcome == "added" and ready.arrival.state is State.HELD
        self.bringing.account.did("work", "held" if held else outcome)
        self.bringing.account.did("chapter", outcome, len(ready.chapter_fields))


def _old_addresses(site: Site, ready: Prepared, work_id: int) -> Iterable[OldAddress]:
    """Where no rule of its software can compute the new place, the address itself is kept."""
    url = ready.record.story.source.url
    if url and "://" in url and not site.software.startswith("efiction"):
        host, path, query = split_address(url)
        yield OldAddress(site=site, host=host, path=path, query=query, target=work_url(work_id))


def _is_same(ready: Prepared, rows: dict[str, SourceKey]) -> bool:
    row = rows.get(ready.record.key)
    return row is not None and row.digest == whole_digest(ready)


def _once(keys: Iterable[SourceKey]) -> list[SourceKey]:
    """Two chapters may bear one old number: the first is meant, as on the old site."""
    found: dict[tuple[str, str], SourceKey] = {}
    for key in keys:
        found.setdefault((key.kind, key.old_id), key)
    return list(found.values())


def _declared(record: StoryRecord, tags: list[Tagged], words: str) -> Declared:
    story = record.story
    warnings = tuple(tagged.tag.name for tagged in tags if tagged.tag.kind_id == Kind.WARNING)
    return Declared(
        rating=story.rating,
        rating_as_written=story.rating_as_written or "",
        warnings=tuple(dict.fromkeys((*story.warnings, *story.warnings_as_written, *warnings))),
        tags=tuple(tagged.tag.name for tagged in tags),
        labels=story.labels,
        archive_permission=words,
        language=story.language,
        is_rescued=True,
    )


def _state(record: StoryRecord, decision: Decision, chapters: list[NewChapter]) -> tuple[State, str]:
    """Hidden stays hidden; what the policy or its author wants looked at is held; an empty story too; all else waits."""
    if decision.verdict >= Verdict.HOLD:
        return State.HELD, decision.reasons[0]
    if not record.visible:
        return State.HIDDEN, ""
    if not any(chapter.markup for chapter in chapters):
        return State.HELD, NO_TEXT
    return State.WAITING, ""
