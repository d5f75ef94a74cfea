"""Browse and search as one page: from a choice to cards, counts and the filters beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import F, OrderBy, Q

from fanthology.base.folding import fold
from fanthology.base.web import Page
from fanthology.tags.models import Kind, Tag
from fanthology.works.access import Viewer
from fanthology.works.cards import Card, cards_for, warning_sign
from fanthology.works.languages import language_name
from fanthology.works.models import Work, tags_known_to

from . import index
from .choice import Choice
from .document import FACET_KINDS, Answer, EngineAway, Wanted
from .query import All, Between, Exactly, Node, Parsed, parse
from .spelling import respelt

PAGE_SIZE = 20
DEEPEST = 10_000
ROWS = {"rating": 5, "warning": 6, "category": 6, "fandom": 12, "character": 12, "relationship": 12, "additional": 15}
OPEN = ("rating", "warning", "fandom", "relationship")
_SQL_ORDERS: dict[str, str | OrderBy] = {
    "words": "-word_count",
    "shortest": "word_count",
    "published": F("published_on").desc(nulls_last=True),
    "kudos": "-stats__kudos",
    "reviews": "-stats__reviews",
    "title": "title_key",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a filter: a tag, how many works it would leave, and whether it is chosen."""

    id: int
    name: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    kind: str
    name: str
    rows: list[Row]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """Something chosen, and the address of the list without it."""

    words: str
    without: str
    is_left_out: bool = False


@dataclass(slots=True)
class Found:
    """Everything the page shows. `is_plain` = the index was away: no counts, no full text, newest or by title only.

    `respelt` is what may have been meant where nothing was found.
    """

    choice: Choice
    page: Page
    cards: list[Card]
    snippets: dict[int, str] = field(default_factory=dict)
    facets: list[Facet] = field(default_factory=list)
    warnings: list[Row] = field(default_factory=list)
    languages: list[tuple[str, str, int]] = field(default_factory=list)
    complete: dict[int, int] = field(default_factory=dict)
    chips: list[Chip] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    heading: str = ""
    is_plain: bool = False
    unsure_too: int = 0
    respelt: str = ""


def browse(choice: Choice, *, viewer: Viewer, today: dt.date, sees_adult: bool) -> Found:
    """The page of this choice. `sees_adult`: snippets of works behind the consent gate may be shown."""
    parsed = parse(choice.q, today=today)
    choice, unknown = _with_typed_tags(choice)
    tags = {tag.pk: tag for tag in tags_known_to(viewer).filter(pk__in=[*choice.tags, *choice.left_out])}
    choice = replace(
        choice,
        tags=tuple(pk for pk in choice.tags if pk in tags),
        left_out=tuple(pk for pk in choice.left_out if pk in tags),
    )
    try:
        found = _from_index(choice, parsed, tags, viewer, sees_adult=sees_adult)
    except EngineAway:
        found = _from_database(choice, viewer)
    if choice.q and not found.page.total:
        found.respelt = respelt(choice.q, viewer=viewer) or ""
    found.remarks = [*unknown, *parsed.remarks, *found.remarks]
    found.chips = list(_chips(choice, tags))
    found.heading = (
        tags[choice.tags[0]].name if len(choice.tags) == 1 and not choice.q else "Search" if choice.q else "Browse"
    )
    return found


def _from_index(choice: Choice, parsed: Parsed, tags: dict[int, Tag], viewer: Viewer, *, sees_adult: bool) -> Found:
    wanted = _wanted(choice, parsed, tags)
    answer = index.ask(wanted, viewer=viewer)
    cards = cards_for(answer.ids)
    open_ids = [card.id for card in cards if sees_adult or not card.needs_consent]
    ratings = [pk for pk in choice.tags if tags[pk].kind_id == Kind.RATING]
    if ratings:
        others = index.ask(replace(wanted, any_of=(), limit=1, offset=0), viewer=viewer)
        answer.facets["rating"] = others.facets.get("rating", {})
    facets, warnings = _facets(answer, choice, tags)
    return Found(
        choice=choice,
        page=Page(cards, choice.page, PAGE_SIZE, min(answer.total, DEEPEST)),
        cards=cards,
        snippets={} if parsed.is_everything else index.snippets(parsed.node, open_ids),
        facets=facets,
        warnings=warnings,
        languages=_languages(answer),
        complete=answer.complete,
        remarks=[f"Only the first {DEEPEST:,} works can be paged through; choose more filters."]
        if answer.total > DEEPEST
        else [],
    )


def _wanted(choice: Choice, parsed: Parsed, tags: dict[int, Tag]) -> Wanted:
    ratings = tuple(pk for pk in choice.tags if tags[pk].kind_id == Kind.RATING)
    plain_order = "best" if not parsed.is_everything else "updated"
    return Wanted(
        node=All((parsed.node, *_limits(choice))),
        include=tuple(tags[pk].synonym_of_id or pk for pk in choice.tags if pk not in ratings),
        any_of=(ratings,) if ratings else (),
        exclude=tuple(tags[pk].synonym_of_id or pk for pk in choice.left_out),
        leave_out_unknown_warnings=choice.unsure,
        sort=choice.sort or parsed.sort or plain_order,
        offset=min(choice.page - 1, DEEPEST // PAGE_SIZE - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )


def _limits(choice: Choice) -> Iterable[Node]:
    if choice.words_from is not None or choice.words_to is not None:
        yield Between("words", choice.words_from, choice.words_to)
    if choice.complete:
        yield Exactly("complete", "1" if choice.complete == "yes" else "0")
    if choice.crossover:
        yield Exactly("crossover", "1" if choice.crossover == "yes" else "0")
    if choice.language:
        yield Exactly("language", choice.language.lower())


def _facets(answer: Answer, choice: Choice, chosen: dict[int, Tag]) -> tuple[list[Facet], list[Row]]:
    shown = {kind: _most(answer.facets.get(kind, {}), ROWS[kind]) for kind in FACET_KINDS}
    ids = {pk for counts in shown.values() for pk in counts}
    tags = {tag.pk: tag for tag in Tag.objects.filter(pk__in=ids - chosen.keys())} | chosen
    kinds = {kind.slug: kind for kind in Kind.objects.filter(is_builtin=True)}
    facets, warnings = [], []
    for kind in FACET_KINDS:
        counts = dict(shown[kind])
        for tag in chosen.values():
            if tag.kind_id == kinds[kind].pk and tag.pk in choice.tags:
                counts.setdefault(tag.pk, answer.facets.get(kind, {}).get(tag.pk, 0))
        rows = [Row(pk, tags[pk].name, count, pk in choice.tags) for pk, count in counts.items() if pk in tags]
        if kind in ("rating", "warning", "category"):
            rows.sort(key=lambda row: tags[row.id].position)
        if kind == "warning":
            warnings = [
                replace(row, is_chosen=row.id in choice.left_out)
                for row in rows
                if warning_sign(row.name).shape == "named"
            ]
            left_out = [
                Row(tag.pk, tag.name, 0, is_chosen=True) for tag in chosen.values() if tag.pk in choice.left_out
            ]
            warnings.extend(row for row in left_out if row.id not in {known.id for known in warnings})
        if rows:
            facets.append(Facet(kind, kinds[kind].plural, rows, kind in OPEN or any(row.is_chosen for row in rows)))
    return facets, warnings


def _most(counts: dict[int, int], rows: int) -> dict[int, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:rows])


def _languages(answer: Answer) -> list[tuple[str, str, int]]:
    return sorted(
        ((code, language_name(code), count) for code, count in answer.languages.items()),
        key=lambda row: (-row[2], row[0]),
    )


def _with_typed_tags(choice: Choice) -> tuple[Choice, list[str]]:
    """Names typed by hand become tags; a name nobody knows becomes words of the search, and is said so."""
    remarks = []
    tags, left_out, words = list(choice.tags), list(choice.left_out), choice.q
    for name in filter(None, (part.strip() for part in choice.also.split(","))):
        tag = _named(name)
        if tag:
            tags.append(tag.pk)
        else:
            words = f'{words} "{name.replace(chr(34), " ")}"'.strip()
            remarks.append(f"There is no tag “{name}”; works with these words were looked for.")
    for name in filter(None, (part.strip() for part in choice.also_not.split(","))):
        tag = _named(name)
        if tag:
            left_out.append(tag.pk)
        else:
            remarks.append(f"There is no tag “{name}” to leave out.")
    made = replace(
        choice, q=words, tags=tuple(dict.fromkeys(tags)), left_out=tuple(dict.fromkeys(left_out)), also="", also_not=""
    )
    return made, remarks


def _named(name: str) -> Tag | None:
    tag = Tag.objects.filter(key=fold(name)).most_used().first()
    return tag and (tag.synonym_of or tag)


def _chips(choice: Choice, tags: dict[int, Tag]) -> Iterable[Chip]:
    if choice.q:
        yield Chip(f"“{choice.q}”", choice.but(q=""))
    for pk in choice.tags:
        yield Chip(tags[pk].name, choice.without_tag(pk))
    for pk in choice.left_out:
        yield Chip(tags[pk].name, choice.without_tag(pk), is_left_out=True)
    if choice.unsure:
        yield Chip("warnings not stated", choice.but(unsure=False), is_left_out=True)
    if choice.complete:
        yield Chip("Complete" if choice.complete == "yes" else "In progress", choice.but(complete=""))
    if choice.crossover:
        yield Chip("Crossovers only" if choice.crossover == "yes" else "No crossovers", choice.but(crossover=""))
    if choice.language:
        yield Chip(language_name(choice.language), choice.but(language=""))
    if choice.words_from is not None or choice.words_to is not None:
        yield Chip(_length(choice), choice.but(words_from=None, words_to=None))


def _length(choice: Choice) -> str:
    if choice.words_to is None:
        return f"{choice.words_from:,}+ words"
    return f"{choice.words_from or 0:,} to {choice.words_to:,} words"


def _from_database(choice: Choice, viewer: Viewer) -> Found:
    """What can be browsed without an index: tags, length, completion and words of the title."""
    works = Work.objects.visible_to(viewer).posted()
    for pk in choice.tags:
        works = works.in_tag(pk)
    for pk in choice.left_out:
        works = works.exclude(pk__in=Work.objects.filter(pk__in=works.values("pk")).in_tag(pk).values("pk"))
    limits = Q()
    if choice.words_from is not None:
        limits &= Q(word_count__gte=choice.words_from)
    if choice.words_to is not None:
        limits &= Q(word_count__lte=choice.words_to)
    if choice.complete:
        limits &= Q(complete=choice.complete == "yes")
    if choice.language:
        limits &= Q(language__istartswith=choice.language)
    for word in fold(choice.q).split()[:20]:
        limits &= Q(title_key__contains=word)
    works = works.filter(limits).order_by(_SQL_ORDERS.get(choice.sort, "-revised_at"), "-pk")
    page = Page.of(works.values_list("pk", flat=True), str(choice.page), size=PAGE_SIZE)
    return Found(choice=choice, page=page, cards=cards_for(_ids(page.rows)), is_plain=True)


def _ids(rows: Sequence[object]) -> list[int]:
    return [pk for pk in rows if isinstance(pk, int)]
