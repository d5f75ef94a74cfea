"""What is done to works, one verb each: check, change, write ledger and outbox, in one transaction.

Every change that a reader could see raises the work's `stamp`; every change that a download would hold its `version`.
Whoever keeps something derived (search, counters) reads the outbox: `work.changed`, `work.removed`, `series.changed`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from fanthology.base import erasures, keys, ledger, outbox
from fanthology.base.folding import fold
from fanthology.formats import Markup
from fanthology.formats.markup import rendered
from fanthology.people.models import PenName
from fanthology.tags.models import Tag

from .access import Audience, State
from .dates import known_date
from .models import (
    ADULT_RATINGS,
    Authorship,
    Chapter,
    DoNotImport,
    Revision,
    Series,
    SeriesPlace,
    Text,
    Tombstone,
    Work,
    WorkStats,
    WorkTag,
)


class Outdated(ValueError):
    """Somebody else changed the work since it was read; nothing was written."""


class CircularSeries(ValueError):
    """The wanted place would put a series inside itself."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag as the author wrote it. `role` is "", "main" or "background"."""

    tag: Tag
    as_written: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """Everything a work says about itself except its tags, authors and chapters. Dates are ISO at their precision."""

    title: str
    summary: str = ""
    notes: str = ""
    end_notes: str = ""
    disclaimer: str = ""
    spoilers: str = ""
    beta_credits: tuple[str, ...] = ()
    archive_permission: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    language: str = ""
    rating: Tag | None = None
    rating_as_written: str = ""
    warnings_as_written: tuple[str, ...] = ()
    warnings_stated: bool = True
    gate_adults: bool = False
    gate_members: bool = False
    gate_text: str = ""
    audience: Audience = Audience.EVERYONE
    anonymous: bool = False
    complete: bool | None = None
    expected_chapters: int | None = None
    is_round_robin: bool = False
    is_featured: bool = False
    published: str | None = None
    revised_at: dt.datetime | None = None
    revised_precision: str = "day"
    origin: str = ""
    origin_url: str = ""
    origin_software: str = ""
    origin_ids: tuple[tuple[str, str], ...] = ()
    arrived_in_bulk: bool = False


@dataclass(frozen=True, slots=True)
class NewChapter:
    """A chapter to be written. `original` is what was handed in, kept privately; `state` DRAFT and HIDDEN stay unseen."""

    position: int
    markup: Markup
    title: str = ""
    summary: str = ""
    notes: str = ""
    end_notes: str = ""
    word_count: int = 0
    published: str | None = None
    contributor: PenName | None = None
    state: State = State.POSTED
    original: str = ""
    origin_ids: tuple[tuple[str, str], ...] = ()


def add_work(
    *,
    header: Header,
    authors: Sequence[PenName],
    tags: Sequence[Tagged],
    chapters: Sequence[NewChapter],
    state: State = State.DRAFT,
    hold_reason: str = "",
    actor: int | None = None,
) -> Work:
    """Write a new work with its chapters. Bulk arrivals leave no ledger entry each: their run has one."""
    with transaction.atomic():
        work = Work(state=state.value, hold_reason=hold_reason)
        _fill(work, header)
        if state is State.POSTED:
            work.posted_at = timezone.now()
        work.save()
        WorkStats.objects.create(work=work)
        _sign(work, authors)
        _tag(work, tags)
        _write_chapters(work, chapters)
        _recount(work)
        outbox.publish("work.changed", "work", work.pk)
        if not header.arrived_in_bulk:
            ledger.write("work added", "work", work.pk, actor=actor)
    return work


@dataclass(frozen=True, slots=True)
class Arrival:
    """A work that comes with many others. `ready` makes its texts before any transaction begins."""

    header: Header
    authors: Sequence[PenName]
    tags: Sequence[Tagged]
    chapters: Sequence[NewChapter]
    state: State = State.WAITING
    hold_reason: str = ""
    hits: int = 0
    texts: tuple[Text, ...] = ()

    def ready(self) -> Arrival:
        texts = tuple(_text(new, f"c{number}") for number, new in enumerate(self.chapters, start=1))
        return replace(self, texts=texts)


def add_works(*, arrivals: Sequence[Arrival]) -> list[tuple[Work, list[Chapter]]]:
    """Write works that `ready` has prepared, in nine statements for all of them. What a rescue uses; no ledger entries."""
    with transaction.atomic():
        works = Work.objects.bulk_create([_arrived(arrival) for arrival in arrivals])
        pairs = list(zip(works, arrivals, strict=True))
        WorkStats.objects.bulk_create([WorkStats(work=work, hits=arrival.hits) for work, arrival in pairs])
        Authorship.objects.bulk_create([row for work, arrival in pairs for row in _signed(work, arrival.authors)])
        WorkTag.objects.bulk_create([row for work, arrival in pairs for row in _tagged(work, arrival.tags)])
        Text.objects.bulk_create([text for arrival in arrivals for text in arrival.texts], batch_size=50)
        written = []
        for work, arrival in pairs:
            chapters = []
            for number, (new, text) in enumerate(zip(arrival.chapters, arrival.texts, strict=True), start=1):
                chapter = _new_chapter(work, new, f"c{number}")
                chapter.text = text
                chapters.append(chapter)
            written.append((work, chapters))
        made = Chapter.objects.bulk_create([chapter for _, chapters in written for chapter in chapters])
        Revision.objects.bulk_create([Revision(chapter=chapter, number=1, text=chapter.text) for chapter in made])
        outbox.publish_many("work.changed", "work", [work.pk for work in works])
    return written


def _arrived(arrival: Arrival) -> Work:
    work = Work(state=arrival.state.value, hold_reason=arrival.hold_reason[:60])
    _fill(work, arrival.header)
    work.title_key = fold(work.title)
    shown = [new.word_count for new in arrival.chapters if new.state is State.POSTED]
    work.chapter_count, work.word_count = len(shown), sum(shown)
    if arrival.state is State.POSTED:
        work.posted_at = timezone.now()
    return work


def change_header(*, work: Work, header: Header, version: int, actor: int | None = None) -> Work:
    """Replace all that a work says about itself. Raises Outdated unless `version` is the current one."""
    with transaction.atomic():
        current = _locked(work.pk, version)
        before = current.rating_id
        _fill(current, header)
        if before and before != current.rating_id:
            outbox.publish("work.retagged", "work", current.pk, tags=[before])
        _touch(current, actor=actor, verb="work changed")
    return current


def change_tags(*, work: Work, tags: Sequence[Tagged], version: int, actor: int | None = None) -> Work:
    with transaction.atomic():
        current = _locked(work.pk, version)
        before = list(current.work_tags.values_list("tag_id", flat=True))
        current.work_tags.all().delete()
        _tag(current, tags)
        outbox.publish("work.retagged", "work", current.pk, tags=before)
        _touch(current, actor=actor, verb="work tags changed")
    return current


def change_authors(*, work: Work, authors: Sequence[PenName], version: int, actor: int | None = None) -> Work:
    with transaction.atomic():
        current = _locked(work.pk, version)
        current.authorship.all().delete()
        _sign(current, authors)
        _touch(current, actor=actor, verb="work authors changed")
    return current


def add_chapters(
    *, work: Work, chapters: Sequence[NewChapter], version: int, actor: int | None = None
) -> list[Chapter]:
    with transaction.atomic():
        current = _locked(work.pk, version)
        made = _write_chapters(current, chapters)
        _recount(current)
        _touch(current, actor=actor, verb="chapters added")
    return made


def revise_chapter(
    *, chapter: Chapter, new: NewChapter, made_by: PenName | None = None, reason: str = "", actor: int | None = None
) -> Chapter:
    """Give a chapter new words and headings: a new revision where the text differs, none where only headings do."""
    with transaction.atomic():
        work = Work.objects.select_for_update().get(pk=chapter.work_id)
        digest = hashlib.sha256(new.markup.encode()).hexdigest()
        if chapter.text.sha256 != digest:
            chapter.text = _text(new, chapter.anchor)
            chapter.text.save()
            last = chapter.revisions.aggregate(last=Max("number"))["last"] or 0
            Revision.objects.create(chapter=chapter, number=last + 1, text=chapter.text, made_by=made_by, reason=reason)
        _head(chapter, new)
        chapter.save()
        _recount(work)
        _touch(work, actor=actor, verb="chapter revised")
    return chapter


def renumber_chapters(*, work: Work, order: Sequence[int], version: int, actor: int | None = None) -> None:
    """Put chapters in the order of these ids, in two phases: SQLite checks uniqueness row by row."""
    with transaction.atomic():
        current = _locked(work.pk, version)
        high = (current.chapters.aggregate(last=Max("position"))["last"] or 0) + len(order)
        for place, chapter_id in enumerate(order, start=1):
            current.chapters.filter(pk=chapter_id).update(position=high + place)
        for place, chapter_id in enumerate(order, start=1):
            current.chapters.filter(pk=chapter_id).update(position=place)
        _touch(current, actor=actor, verb="chapters reordered")


def remove_chapters(*, work: Work, chapter_ids: Sequence[int], version: int, actor: int | None = None) -> None:
    """Take chapters out for good, their texts with them, and close the gap."""
    with transaction.atomic():
        current = _locked(work.pk, version)
        _drop_chapters(current.chapters.filter(pk__in=chapter_ids).values_list("pk", flat=True))
        for place, chapter_id in enumerate(current.chapters.order_by("position").values_list("pk", flat=True), start=1):
            current.chapters.filter(pk=chapter_id).update(position=place)
        _recount(current)
        _touch(current, actor=actor, verb="chapters removed")


def post_works(*, work_ids: Iterable[int], audience: Audience | None = None, actor: int | None = None) -> int:
    """Make waiting or draft works visible, for `audience` where one is given. Returns how many; others are left alone."""
    with transaction.atomic():
        ready = Work.objects.filter(pk__in=list(work_ids), state__in=[State.DRAFT.value, State.WAITING.value])
        found = list(ready.values_list("pk", flat=True))
        change = {"audience": audience.value} if audience else {}
        Work.objects.filter(pk__in=found).update(
            state=State.POSTED.value, posted_at=timezone.now(), stamp=F("stamp") + 1, **change
        )
        for work_id in found:
            outbox.publish("work.changed", "work", work_id)
        if found:
            ledger.write("works posted", "work", found[0], actor=actor, works=found)
    return len(found)


def release_works(*, work_ids: Iterable[int], actor: int | None = None) -> int:
    """Lift the hold of works that somebody looked at: they wait then. Returns how many; others are left alone."""
    with transaction.atomic():
        held = Work.objects.select_for_update().filter(pk__in=list(work_ids), state=State.HELD.value)
        found = dict(held.values_list("pk", "hold_reason"))
        Work.objects.filter(pk__in=found).update(state=State.WAITING.value, hold_reason="", stamp=F("stamp") + 1)
        for work_id, reason in found.items():
            outbox.publish("work.changed", "work", work_id)
            ledger.write("work released", "work", work_id, actor=actor, reason=reason)
    return len(found)


def set_state(*, work: Work, state: State, reason: str = "", actor: int | None = None) -> Work:
    """Move a work between draft, waiting, held, hidden and binned. Posting is `post_works`."""
    with transaction.atomic():
        current = Work.objects.select_for_update().get(pk=work.pk)
        current.state, current.hold_reason = state.value, reason
        current.binned_at = timezone.now() if state is State.BINNED else None
        if state is State.POSTED and current.posted_at is None:
            current.posted_at = timezone.now()
        current.stamp += 1
        current.save()
        outbox.publish("work.changed", "work", current.pk)
        ledger.write(f"work {state.value}", "work", current.pk, actor=actor, reason=reason)
    return current


def withdraw_work(*, work: Work, reason: str = "withdrawn", actor: int | None = None) -> None:
    """Take a work back for good: words, revisions, editions and all; what stays is a tombstone without a title."""
    with transaction.atomic():
        Tombstone.objects.get_or_create(work_id=work.pk, defaults={"reason": reason})
        purge_works(work_ids=[work.pk])
        ledger.write("work withdrawn", "work", work.pk, actor=actor, reason=reason)
        erasures.remember("work", work.pk)


def purge_works(*, work_ids: Sequence[int]) -> int:
    """Remove works and everything of theirs from the database. For withdrawal and for undoing a rescue."""
    with transaction.atomic():
        found = dict(Work.objects.filter(pk__in=work_ids).values_list("pk", "rating_id"))
        tags = {work_id: [rating_id] if rating_id else [] for work_id, rating_id in found.items()}
        for work_id, tag_id in WorkTag.objects.filter(work_id__in=found).values_list("work_id", "tag_id"):
            tags[work_id].append(tag_id)
        _drop_chapters(Chapter.objects.filter(work_id__in=found).values_list("pk", flat=True))
        Work.objects.filter(pk__in=found).delete()
        for work_id in found:
            outbox.publish("work.removed", "work", work_id, tags=tags[work_id])
    return len(found)


def set_series_places(
    *, series: Series, places: Sequence[tuple[Work | Series, bool]], actor: int | None = None
) -> None:
    """Replace the order of a series: (work or sub-series, confirmed). Raises CircularSeries; nothing is written then."""
    with transaction.atomic():
        for held, _ in places:
            if isinstance(held, Series) and series.pk in _series_below(held.pk):
                raise CircularSeries(f"“{held.title}” already holds “{series.title}”.")
        before = set(series.places.filter(work__isnull=False).values_list("work_id", flat=True))
        series.places.all().delete()
        rows = [
            SeriesPlace(
                series=series,
                position=number,
                work=held if isinstance(held, Work) else None,
                subseries=held if isinstance(held, Series) else None,
                confirmed=confirmed,
            )
            for number, (held, confirmed) in enumerate(places, start=1)
        ]
        SeriesPlace.objects.bulk_create(rows)
        touched = before | {held.pk for held, _ in places if isinstance(held, Work)}
        Work.objects.filter(pk__in=touched).update(version=F("version") + 1, stamp=F("stamp") + 1)
        Series.objects.filter(pk=series.pk).update(stamp=F("stamp") + 1)
        outbox.publish("series.changed", "series", series.pk)
        outbox.publish_many("work.changed", "work", sorted(touched))
        if actor is not None:
            ledger.write("series ordered", "series", series.pk, actor=actor)


def change_series(
    *,
    series: Series,
    title: str | None = None,
    summary: str | None = None,
    openness: str | None = None,
    authors: Iterable[int] | None = None,
    actor: int | None = None,
) -> Series:
    """What a series says about itself; None stays as it is. `authors` are ids of pen names."""
    with transaction.atomic():
        current = Series.objects.select_for_update().get(pk=series.pk)
        current.title = current.title if title is None else title
        current.summary = current.summary if summary is None else summary
        current.openness = current.openness if openness is None else openness
        current.stamp += 1
        current.save()
        if authors is not None:
            current.authors.set(authors)
        outbox.publish("series.changed", "series", current.pk)
        if title is not None:
            _rename_within(Work.objects.filter(series_places__series=current))
        if actor is not None:
            ledger.write("series changed", "series", current.pk, actor=actor)
    return current


def sign_anew(*, pen_name_ids: Iterable[int]) -> int:
    """These pen names bear other names now, and so do the works they sign. Returns how many; anonymous ones show none."""
    ids = list(pen_name_ids)
    signed = Q(authorship__pen_name__in=ids) | Q(chapters__contributor__in=ids)
    with transaction.atomic():
        return _rename_within(Work.objects.filter(signed, anonymous=False))


def _rename_within(works: QuerySet[Work]) -> int:
    """A name that pages, downloads and search of these works hold was changed elsewhere."""
    found = sorted(set(works.values_list("pk", flat=True)))
    Work.objects.filter(pk__in=works.values("pk")).update(version=F("version") + 1, stamp=F("stamp") + 1)
    outbox.publish_many("work.changed", "work", found)
    return len(found)


def touch_works(*, work_ids: Iterable[int]) -> None:
    """Something that these works' pages show has changed elsewhere: a review, a name."""
    Work.objects.filter(pk__in=list(work_ids)).update(stamp=F("stamp") + 1)


def forbid_import(*, email: str = "", name: str = "", site: str = "", url: str = "", actor: int | None = None) -> int:
    """Remember, as keyed digests only, that this person or address must never be brought in. Returns how many are new."""
    with transaction.atomic():
        asked = _refusal_digests(email=email, name=name, site=site, url=url)
        new = [DoNotImport.objects.get_or_create(kind=kind, digest=digest)[1] for kind, digest in asked]
        ledger.write("import forbidden", "person", 0, actor=actor, kinds=[kind for kind, _ in asked])
    return sum(new)


def allow_import(*, email: str = "", name: str = "", site: str = "", url: str = "", actor: int | None = None) -> int:
    """Take this person or address off the list again, because they asked for it. Returns how many stood on it."""
    with transaction.atomic():
        asked = _refusal_digests(email=email, name=name, site=site, url=url)
        gone = sum(DoNotImport.objects.filter(kind=kind, digest=digest).delete()[0] for kind, digest in asked)
        if gone:
            ledger.write("import allowed again", "person", 0, actor=actor, kinds=[kind for kind, _ in asked])
    return gone


def is_import_forbidden(*, email: str = "", name: str = "", site: str = "", url: str = "") -> bool:
    """Whether any of these was ever asked not to be imported. Checked before any ingest."""
    digests = _refusal_digests(email=email, name=name, site=site, url=url)
    return any(DoNotImport.objects.filter(kind=kind, digest=digest).exists() for kind, digest in digests)


def _refusal_digests(*, email: str, name: str, site: str, url: str) -> list[tuple[str, str]]:
    plain = [
        ("email", email.strip().casefold()),
        ("name", f"{fold(name)}\n{fold(site)}" if name and site else ""),
        (
            "url",
            url.strip().removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/").casefold(),
        ),
    ]
    key = keys.key("do-not-import")
    return [
        (kind, hmac.new(key, f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()) for kind, text in plain if text
    ]


def _locked(work_id: int, version: int) -> Work:
    work = Work.objects.select_for_update().get(pk=work_id)
    if work.version != version:
        raise Outdated(f"“{work.title}” was changed meanwhile (version {work.version}, not {version}).")
    return work


def _touch(work: Work, *, actor: int | None, verb: str) -> None:
    work.version += 1
    work.stamp += 1
    work.save()
    outbox.publish("work.changed", "work", work.pk)
    if actor is not None:
        ledger.write(verb, "work", work.pk, actor=actor)


_PLAIN_FIELDS = [
    "summary",
    "notes",
    "end_notes",
    "disclaimer",
    "spoilers",
    "archive_permission",
    "language",
    "rating",
    "rating_as_written",
    "warnings_stated",
    "gate_adults",
    "gate_members",
    "gate_text",
    "anonymous",
    "complete",
    "expected_chapters",
    "is_round_robin",
    "is_featured",
    "origin",
    "origin_url",
    "origin_software",
    "arrived_in_bulk",
]


def _fill(work: Work, header: Header) -> None:
    for name in _PLAIN_FIELDS:
        setattr(work, name, getattr(header, name))
    work.title = header.title.strip()[:255] or "Untitled"
    work.audience = header.audience.value
    work.beta_credits = list(header.beta_credits)
    work.labels = [list(pair) for pair in header.labels]
    work.warnings_as_written = list(header.warnings_as_written)
    work.origin_ids = [list(pair) for pair in header.origin_ids]
    work.published_on, work.published_precision = known_date(header.published)
    work.needs_consent = (
        header.rating is None or header.rating.name in ADULT_RATINGS or header.gate_adults or bool(header.gate_text)
    )
    if header.revised_at:
        work.revised_at, work.revised_precision = header.revised_at, header.revised_precision


def _signed(work: Work, authors: Sequence[PenName]) -> list[Authorship]:
    once = {author.pk: author for author in reversed(authors)}
    return [
        Authorship(work=work, pen_name_id=pen_name_id, position=place)
        for place, pen_name_id in enumerate(reversed(once))
    ]


def _sign(work: Work, authors: Sequence[PenName]) -> None:
    Authorship.objects.bulk_create(_signed(work, authors))


def _tagged(work: Work, tags: Sequence[Tagged]) -> list[WorkTag]:
    once = {tagged.tag.pk: tagged for tagged in reversed(tags)}
    return [
        WorkTag(work=work, tag_id=tagged.tag.pk, as_written=tagged.as_written[:250], position=place, role=tagged.role)
        for place, tagged in enumerate(reversed(once.values()))
    ]


def _tag(work: Work, tags: Sequence[Tagged]) -> None:
    WorkTag.objects.bulk_create(_tagged(work, tags))


def _text(new: NewChapter, anchor: str) -> Text:
    return Text(
        sha256=hashlib.sha256(new.markup.encode()).hexdigest(),
        markup=new.markup,
        rendered=rendered(new.markup, anchor),
        original=new.original,
        word_count=new.word_count,
        cleaner=Text.CLEANER,
    )


def _new_chapter(work: Work, new: NewChapter, anchor: str) -> Chapter:
    chapter = Chapter(
        work=work, position=new.position, anchor=anchor, origin_ids=[list(pair) for pair in new.origin_ids]
    )
    _head(chapter, new)
    return chapter


def _head(chapter: Chapter, new: NewChapter) -> None:
    chapter.title, chapter.summary, chapter.notes, chapter.end_notes = (
        new.title[:255],
        new.summary,
        new.notes,
        new.end_notes,
    )
    chapter.state, chapter.word_count, chapter.contributor = new.state.value, new.word_count, new.contributor
    chapter.published_on, chapter.published_precision = known_date(new.published)


def _write_chapters(work: Work, news: Sequence[NewChapter]) -> list[Chapter]:
    last = max((int(anchor[1:]) for anchor in work.chapters.values_list("anchor", flat=True)), default=0)
    chapters = []
    for number, new in enumerate(news, start=last + 1):
        chapters.append(_new_chapter(work, new, f"c{number}"))
    texts = Text.objects.bulk_create([_text(new, chapter.anchor) for new, chapter in zip(news, chapters, strict=True)])
    for chapter, text in zip(chapters, texts, strict=True):
        chapter.text = text
    made = Chapter.objects.bulk_create(chapters)
    Revision.objects.bulk_create([Revision(chapter=chapter, number=1, text=chapter.text) for chapter in made])
    return made


def _recount(work: Work) -> None:
    """Derive counts from the chapters that readers get."""
    shown = list(Chapter.objects.filter(work=work, state=State.POSTED.value).values_list("word_count", flat=True))
    work.chapter_count, work.word_count = len(shown), sum(shown)
    Work.objects.filter(pk=work.pk).update(chapter_count=work.chapter_count, word_count=work.word_count)


def _drop_chapters(chapter_ids: Iterable[int]) -> None:
    gone = list(chapter_ids)
    texts = set(Revision.objects.filter(chapter_id__in=gone).values_list("text_id", flat=True))
    texts.update(Chapter.objects.filter(pk__in=gone).values_list("text_id", flat=True))
    Chapter.objects.filter(pk__in=gone).delete()
    Text.objects.filter(pk__in=texts).delete()


def _series_below(series_id: int) -> set[int]:
    """The series itself and every series inside it."""
    seen, waiting = {series_id}, [series_id]
    while waiting:
        held = SeriesPlace.objects.filter(series_id__in=waiting, subseries__isnull=False).values_list(
            "subseries_id", flat=True
        )
        waiting = [below for below in held if below not in seen]
        seen.update(waiting)
    return seen
