"""A work as a `Story`: the way out of the database into every format, and nothing else.

What is not for everyone does not go in: no draft chapter, no author of an anonymous work, no held review.
"""

from __future__ import annotations

from collections.abc import Iterable

from fanthology.formats.model import Author, Chapter, Markup, SeriesPlace, Source, Story
from fanthology.tags.models import Kind

from . import models
from .access import State
from .dates import date_text

ANONYMOUS = "Anonymous"


def story_of(work: models.Work, *, all_chapters: bool = False) -> Story:
    """The work as it is published; with `all_chapters` also what only its author and the keeper see."""
    tags = _tags(work)
    chapters = _chapters(work, all_chapters=all_chapters)
    warnings = tags[Kind.WARNING]
    return Story(
        title=work.title,
        authors=_authors(work),
        summary=Markup(work.summary),
        notes=Markup(work.notes),
        end_notes=Markup(work.end_notes),
        disclaimer=Markup(work.disclaimer),
        spoilers=Markup(work.spoilers),
        rating=work.rating.name if work.rating else None,
        rating_as_written=work.rating_as_written or None,
        warnings=warnings,
        warnings_as_written=warnings,
        categories=tags[Kind.CATEGORY],
        fandoms=tags[Kind.FANDOM],
        characters=tags[Kind.CHARACTER],
        relationships=tags[Kind.RELATIONSHIP],
        additional_tags=tags[Kind.ADDITIONAL],
        language=work.language or None,
        published=date_text(work.published_on, work.published_precision),
        updated=date_text(work.revised_at.date(), work.revised_precision) if work.revised_precision else None,
        complete=work.complete,
        expected_chapters=work.expected_chapters,
        word_count=sum(chapter.word_count for chapter in chapters),
        series=tuple(_series(work)),
        gifts=tuple(gift.name for gift in work.gifts.filter(refused=False)),
        inspired_by=tuple(inspiration.words or inspiration.url for inspiration in work.inspirations.all()),
        beta=tuple(work.beta_credits),
        archive_permission=work.archive_permission,
        chapters=chapters,
        labels=tuple((label, value) for label, value in work.labels),
        # The address on the old site may name who wrote it.
        source=Source(url=None if work.anonymous else work.origin_url or None, ids=(("work", str(work.pk)),)),
    )


def _authors(work: models.Work) -> tuple[Author, ...]:
    if work.anonymous:
        return (Author(ANONYMOUS),)
    signed = work.authorship.select_related("pen_name")
    return tuple(Author(line.pen_name.name, site=line.pen_name.origin or None) for line in signed)


def _tags(work: models.Work) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {kind: [] for kind in models.BUILTIN_KINDS_SHOWN}
    for line in work.work_tags.select_related("tag"):
        found.setdefault(line.tag.kind_id, []).append(line.as_written)
    return {kind: tuple(names) for kind, names in found.items()}


def _chapters(work: models.Work, *, all_chapters: bool) -> tuple[Chapter, ...]:
    rows: Iterable[models.Chapter] = (
        work.chapters.select_related("text").defer("text__rendered", "text__original").order_by("position")
    )
    shown = [row for row in rows if row.state == State.POSTED or (all_chapters and row.state != State.BINNED)]
    return tuple(
        Chapter(
            position=number,
            text=Markup(row.text.markup),
            title=row.title,
            summary=Markup(row.summary),
            notes=Markup(row.notes),
            end_notes=Markup(row.end_notes),
            published=date_text(row.published_on, row.published_precision),
            word_count=row.word_count,
            source_ids=(("chapter", str(row.pk)),),
        )
        for number, row in enumerate(shown, start=1)
    )


def _series(work: models.Work) -> Iterable[SeriesPlace]:
    for place in work.series_places.filter(confirmed=True).select_related("series"):
        yield SeriesPlace(place.series.title, place.position)
