"""Works → documents: what of a work is searched. In batches, with a fixed number of queries for each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from html import unescape

from fanthology.base.folding import fold
from fanthology.tags.models import Kind, Tag, TagClosure
from fanthology.works.access import Audience, State
from fanthology.works.models import Authorship, Chapter, SeriesPlace, Work, WorkTag

from .document import UNDATED, Document

BATCH = 50
_KIND_NAMES = {
    Kind.WARNING: "warning",
    Kind.CATEGORY: "category",
    Kind.FANDOM: "fandom",
    Kind.CHARACTER: "character",
    Kind.RELATIONSHIP: "relationship",
    Kind.ADDITIONAL: "additional",
}
_MARK = re.compile(r"<[^>]*>")


def documents(work_ids: Sequence[int]) -> Iterator[Document]:
    """The documents of those works that are found at all: posted and revealed. Others yield nothing: drop them."""
    for start in range(0, len(work_ids), BATCH):
        yield from _batch(work_ids[start : start + BATCH])


def plain(markup: str) -> str:
    """The words of canonical markup, blocks apart; for searching and snippets only."""
    return unescape(_MARK.sub(" ", markup)).strip()


def _batch(work_ids: Sequence[int]) -> Iterator[Document]:
    found = Work.objects.filter(pk__in=work_ids, state=State.POSTED.value, unrevealed=False).select_related(
        "stats", "rating"
    )
    works = list(found)
    ids = [work.pk for work in works]
    authors, series, bodies = _authors(ids), _series(ids), _bodies(ids)
    tags = _tags(works)
    for work in works:
        yield _document(work, authors[work.pk], series[work.pk], bodies[work.pk], tags[work.pk])


def _authors(ids: Sequence[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = defaultdict(list)
    rows = Authorship.objects.filter(work_id__in=ids, work__anonymous=False).order_by("position")
    for work_id, name in rows.values_list("work_id", "pen_name__name"):
        names[work_id].append(name)
    return names


def _series(ids: Sequence[int]) -> dict[int, list[str]]:
    titles: dict[int, list[str]] = defaultdict(list)
    rows = SeriesPlace.objects.filter(work_id__in=ids, confirmed=True)
    for work_id, title in rows.values_list("work_id", "series__title"):
        titles[work_id or 0].append(title)
    return titles


def _bodies(ids: Sequence[int]) -> dict[int, list[str]]:
    texts: dict[int, list[str]] = defaultdict(list)
    rows = Chapter.objects.filter(work_id__in=ids, state=State.POSTED.value).order_by("position")
    for work_id, title, markup in rows.values_list("work_id", "title", "text__markup"):
        texts[work_id].append(f"{title}\n{plain(markup)}")
    return texts


class _WorkTags:
    """The tags of one work: written names, canonical facets by kind, and everything it is found under."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.facets: dict[str, list[int]] = defaultdict(list)
        self.found_under: set[int] = set()


def _tags(works: Iterable[Work]) -> dict[int, _WorkTags]:
    found: dict[int, _WorkTags] = defaultdict(_WorkTags)
    lines = list(
        WorkTag.objects.filter(work__in=works).values_list(
            "work_id", "tag_id", "as_written", "tag__kind_id", "tag__synonym_of_id"
        )
    )
    rated = [(work.pk, work.rating) for work in works if work.rating]
    used = {tag_id for _, tag_id, *_ in lines} | {rating.pk for _, rating in rated}
    above = _above(used)
    names = dict(Tag.objects.filter(pk__in={pk for ids in above.values() for pk in ids}).values_list("pk", "name"))
    for work_id, tag_id, as_written, kind, synonym_of in lines:
        tags = found[work_id]
        tags.names.append(as_written)
        tags.names.extend(names[pk] for pk in above[tag_id])
        tags.found_under |= above[tag_id]
        if kind in _KIND_NAMES:
            tags.facets[_KIND_NAMES[kind]].append(synonym_of or tag_id)
    for work_id, rating in rated:
        found[work_id].facets["rating"].append(rating.pk)
        found[work_id].found_under |= above[rating.pk]
    return found


def _above(tag_ids: set[int]) -> dict[int, set[int]]:
    above: dict[int, set[int]] = defaultdict(set)
    for tag_id, ancestor_id in TagClosure.objects.filter(tag_id__in=tag_ids).values_list("tag_id", "ancestor_id"):
        above[tag_id].add(ancestor_id)
    return above


def _document(work: Work, authors: list[str], series: list[str], bodies: list[str], tags: _WorkTags) -> Document:
    published = work.published_on
    return Document(
        id=work.pk,
        title=work.title,
        authors="\n".join(authors),
        tags="\n".join(dict.fromkeys(tags.names)),
        series="\n".join(series),
        summary=plain(work.summary),
        body="\n".join(bodies),
        found_under=tuple(sorted(tags.found_under)),
        facets={kind: tuple(dict.fromkeys(ids)) for kind, ids in tags.facets.items()},
        language=work.language,
        words=work.word_count,
        chapters=work.chapter_count,
        updated=int(work.revised_at.timestamp()),
        published=published.year * 10_000 + published.month * 100 + published.day
        if published
        else UNDATED["published"],
        kudos=work.stats.kudos,
        reviews=work.stats.reviews,
        complete=2 if work.complete is None else int(work.complete),
        crossover=int(len(tags.facets["fandom"]) > 1),
        members_only=int(work.effective_audience is Audience.MEMBERS),
        warnings_unknown=int(not work.warnings_stated),
        title_order=alphabetical(work.title_key),
        author_order=alphabetical(fold(authors[0])) if authors else 0,
    )


def alphabetical(key: str) -> int:
    """A number that sorts like the first seven bytes of a folded key: engines sort by numbers."""
    return int.from_bytes(key.encode()[:7].ljust(7, b"\0"), "big")
