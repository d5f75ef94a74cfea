"""Works as `Story`: the way out of the database into every format, and nothing else.

What is not for everyone does not go in: no draft chapter, no author of an anonymous work. Reviews are another room's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from fanthology.formats.model import WARNINGS, Author, Chapter, Markup, SeriesPlace, Source, Story
from fanthology.tags.models import Kind

from . import models
from .access import State
from .dates import date_text

ANONYMOUS = "Anonymous"


@dataclass(slots=True)
class _Parts:
    """What hangs on one work."""

    authors: list[Author] = field(default_factory=list)
    tags: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    warnings: list[str] = field(default_factory=list)
    chapters: list[Chapter] = field(default_factory=list)
    series: list[SeriesPlace] = field(default_factory=list)
    gifts: list[str] = field(default_factory=list)
    inspirations: list[str] = field(default_factory=list)


def story_of(work: models.Work, *, all_chapters: bool = False) -> Story:
    """The work as it is published; with `all_chapters` also what only its author and the keeper see."""
    return next(stories_of([work], all_chapters=all_chapters))


def stories_of(works: Sequence[models.Work], *, all_chapters: bool = False) -> Iterator[Story]:
    """The stories of these works in their order, read in six queries (with ratings that the caller has joined)."""
    parts: dict[int, _Parts] = defaultdict(_Parts)
    ids = [work.pk for work in works]
    _sign(parts, ids)
    _tag(parts, ids)
    _write_out(parts, works, all_chapters=all_chapters)
    for work_id, title, position in (
        models.SeriesPlace.objects.filter(work_id__in=ids, confirmed=True)
        .order_by("position", "id")
        .values_list("work_id", "series__title", "position")
    ):
        parts[work_id or 0].series.append(SeriesPlace(title, position))
    gifts = models.Gift.objects.filter(work_id__in=ids, refused=False).order_by("id")
    for work_id, name in gifts.values_list("work_id", "name"):
        parts[work_id].gifts.append(name)
    for work_id, words, url in (
        models.Inspiration.objects.filter(work_id__in=ids).order_by("id").values_list("work_id", "words", "url")
    ):
        parts[work_id].inspirations.append(words or url)
    for work in works:
        yield _story(work, parts[work.pk])


def _story(work: models.Work, parts: _Parts) -> Story:
    return Story(
        title=work.title,
        authors=(Author(ANONYMOUS),) if work.anonymous else tuple(parts.authors),
        summary=Markup(work.summary),
        notes=Markup(work.notes),
        end_notes=Markup(work.end_notes),
        disclaimer=Markup(work.disclaimer),
        spoilers=Markup(work.spoilers),
        rating=work.rating.name if work.rating else None,
        rating_as_written=work.rating_as_written or None,
        warnings=tuple(dict.fromkeys(parts.warnings)),
        warnings_as_written=tuple(dict.fromkeys([*work.warnings_as_written, *parts.tags[Kind.WARNING]])),
        categories=tuple(parts.tags[Kind.CATEGORY]),
        fandoms=tuple(parts.tags[Kind.FANDOM]),
        characters=tuple(parts.tags[Kind.CHARACTER]),
        relationships=tuple(parts.tags[Kind.RELATIONSHIP]),
        additional_tags=tuple(parts.tags[Kind.ADDITIONAL]),
        language=work.language or None,
        published=date_text(work.published_on, work.published_precision),
        updated=date_text(work.revised_at.date(), work.revised_precision) if work.revised_precision else None,
        complete=work.complete,
        expected_chapters=work.expected_chapters,
        word_count=sum(chapter.word_count for chapter in parts.chapters),
        series=tuple(parts.series),
        gifts=tuple(parts.gifts),
        inspired_by=tuple(parts.inspirations),
        beta=tuple(work.beta_credits),
        archive_permission=work.archive_permission,
        chapters=tuple(parts.chapters),
        labels=tuple((label, value) for label, value in work.labels),
        source=_source(work),
    )


def _source(work: models.Work) -> Source:
    """Where it came from, under the ids it had there; a work of this archive has the archive's own.

    Nothing of it for an anonymous work: the old address and the old id may both name who wrote it.
    """
    ours = (("work", str(work.pk)),)
    if work.anonymous:
        return Source(ids=ours)
    return Source(
        url=work.origin_url or None, software=work.origin_software or None, ids=_pairs(work.origin_ids) or ours
    )


def _pairs(ids: Iterable[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, old_id) for name, old_id in ids)


def _sign(parts: dict[int, _Parts], ids: Sequence[int]) -> None:
    lines = models.Authorship.objects.filter(work_id__in=ids).order_by("position", "id")
    for work_id, name, origin in lines.values_list("work_id", "pen_name__name", "pen_name__origin"):
        parts[work_id].authors.append(Author(name, site=origin or None))


def _tag(parts: dict[int, _Parts], ids: Sequence[int]) -> None:
    """Tags as written. Of warnings the archive's six go by their own names, and as written what says anything else."""
    lines = models.WorkTag.objects.filter(work_id__in=ids).order_by("position", "id")
    for work_id, as_written, kind, name, canonical in lines.values_list(
        "work_id", "as_written", "tag__kind_id", "tag__name", "tag__synonym_of__name"
    ):
        warning = (canonical or name) if kind == Kind.WARNING else ""
        if warning in WARNINGS:
            parts[work_id].warnings.append(warning)
        if not warning or as_written not in WARNINGS:
            # A kind that a keeper made has no place of its own in a story: its tags are additional ones.
            parts[work_id].tags[min(kind, Kind.ADDITIONAL)].append(as_written)


def _write_out(parts: dict[int, _Parts], works: Sequence[models.Work], *, all_chapters: bool) -> None:
    nameless = {work.pk for work in works if work.anonymous}
    rows = models.Chapter.objects.filter(work__in=works).select_related("text").order_by("work_id", "position")
    rows = rows.exclude(state=State.BINNED) if all_chapters else rows.filter(state=State.POSTED)
    for row in rows.defer("text__rendered", "text__original"):
        chapters = parts[row.work_id].chapters
        ours = (("chapter", str(row.pk)),)
        chapters.append(
            Chapter(
                position=len(chapters) + 1,
                text=Markup(row.text.markup),
                title=row.title,
                summary=Markup(row.summary),
                notes=Markup(row.notes),
                end_notes=Markup(row.end_notes),
                published=date_text(row.published_on, row.published_precision),
                word_count=row.word_count,
                source_ids=ours if row.work_id in nameless else _pairs(row.origin_ids) or ours,
            )
        )
