"""Works, people and reviews for tests, made by the verbs that the site itself uses. All prose here is our own.

work = make_work("The Lamp", fandoms=["Dracula – Bram Stoker"], chapters=3, state=State.POSTED)
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from fanthology.base.folding import slug_of
from fanthology.formats import Markup
from fanthology.formats.markup import clean
from fanthology.formats.transforms import word_count
from fanthology.people.actions import add_keeper, free_slug
from fanthology.people.models import PenName, Person
from fanthology.reviews.actions import add_reviews
from fanthology.reviews.models import Review
from fanthology.tags.actions import find_or_add
from fanthology.tags.models import Kind, Tag
from fanthology.works.access import State
from fanthology.works.actions import Header, NewChapter, Tagged, add_work, set_series_places
from fanthology.works.counts import recount_tags
from fanthology.works.models import Series, Work

PASSWORD = "seven grey herons"
_numbers = itertools.count(1)

PARAGRAPHS = (
    "The tide table on the kitchen wall had been wrong for a week, and nobody in the house would say so first.",
    "“You might ask the harbour master,” she said, without looking up from the lamp she was trimming.",
    "He had counted the steps down to the slip every evening since October. Tonight there was one more.",
    "Nothing on the quay had moved. The nets hung where they always hung; the <em>Margaret</em> lay on her chain.",
    "“It is only weather,” he said at last, and was ashamed of how much he wanted her to agree.",
    "She wrote the hour into the log, and after it, because the rule of the house was to write what one saw, she wrote: <em>one step too many.</em>",
)


def prose(paragraphs: int = 6, *, start: int = 0) -> str:
    """So many paragraphs, as an author would hand them in."""
    chosen = itertools.islice(itertools.cycle(PARAGRAPHS), start, start + paragraphs)
    return "".join(f"<p>{words}</p>" for words in chosen)


def make_markup(html: str) -> Markup:
    return clean(html)[0]


def make_pen_name(name: str = "", *, person: Person | None = None, **fields: Any) -> PenName:
    """An owned pen name where a person is given, else an unclaimed one."""
    name = name or f"Author {next(_numbers)}"
    status = PenName.Status.OWNED if person else PenName.Status.UNCLAIMED
    fields.setdefault("status", status)
    return PenName.objects.create(
        name=name, slug=free_slug(slug_of(name, fallback="pen-name")), person=person, **fields
    )


def make_member(login: str = "", **fields: Any) -> Person:
    """A member with a pen name of the same name."""
    login = login or f"member{next(_numbers)}"
    person = Person(login=login, **fields)
    person.set_password(PASSWORD)
    person.save()
    make_pen_name(login, person=person, is_default=True)
    return person


def make_keeper(login: str = "keeper") -> Person:
    return add_keeper(login=login, password=PASSWORD)


def tag(kind: int, name: str) -> Tag:
    return find_or_add(kind=kind, name=name)


def rating(name: str) -> Tag:
    return Tag.objects.get(kind_id=Kind.RATING, name=name)


def make_work(
    title: str = "The Lamp at Saltwick Nab",
    *,
    authors: Sequence[PenName | str] = ("Harker’s Understudy",),
    chapters: int | Sequence[str | NewChapter] = 1,
    rated: str | None = "General Audiences",
    warnings: Sequence[str] = ("No Archive Warnings Apply",),
    categories: Sequence[str] = ("Gen",),
    fandoms: Sequence[str] = ("Dracula – Bram Stoker",),
    relationships: Sequence[str] = (),
    characters: Sequence[str] = (),
    additional: Sequence[str] = (),
    state: State = State.POSTED,
    **header: Any,
) -> Work:
    """A work as it stands after posting, its tags counted. `chapters` is a number, or the chapters' own HTML."""
    header.setdefault("language", "en")
    header.setdefault("complete", True)
    signed = [author if isinstance(author, PenName) else _known(author) for author in authors]
    kinds = (
        (Kind.WARNING, warnings),
        (Kind.CATEGORY, categories),
        (Kind.FANDOM, fandoms),
        (Kind.RELATIONSHIP, relationships),
        (Kind.CHARACTER, characters),
        (Kind.ADDITIONAL, additional),
    )
    tags = [Tagged(tag(kind, name), name) for kind, names in kinds for name in names]
    texts = [prose(start=place) for place in range(chapters)] if isinstance(chapters, int) else chapters
    if "expected_chapters" not in header and header["complete"]:
        header["expected_chapters"] = len(texts)
    work = add_work(
        header=Header(title=title, rating=rating(rated) if rated else None, **header),
        authors=signed,
        tags=tags,
        chapters=[_chapter(place, text, of=len(texts)) for place, text in enumerate(texts, start=1)],
        state=state,
    )
    recount_tags([one.tag.pk for one in tags] + ([work.rating_id] if work.rating_id else []))
    return Work.objects.get(pk=work.pk)


def make_series(title: str = "Harbour Lights", *, held: Sequence[Work | Series] = ()) -> Series:
    series = Series.objects.create(title=title)
    set_series_places(series=series, places=[(thing, True) for thing in held])
    return series


def make_review(work: Work, text: str = "I read this twice.", *, guest: str = "A guest", **fields: Any) -> Review:
    """A guest's review, or a pen name's where one is given."""
    if "pen_name" not in fields:
        fields["guest_name"] = guest
    if parent := fields.pop("parent", None):
        return add_reply(parent, text, **fields)
    return add_reviews(reviews=[Review(work=work, text=make_markup(f"<p>{text}</p>"), **fields)])[0]


def add_reply(parent: Review, text: str, **fields: Any) -> Review:
    return Review.objects.create(
        work_id=parent.work_id,
        chapter_id=parent.chapter_id,
        parent=parent,
        text=make_markup(f"<p>{text}</p>"),
        **fields,
    )


def _known(name: str) -> PenName:
    found = PenName.objects.filter(name=name).first()
    if found:
        return found
    person = Person.objects.filter(login_key=name.casefold()).first()
    return make_pen_name(name, person=person or make_member(f"{name} (account)"))


def _chapter(place: int, text: str | NewChapter, *, of: int) -> NewChapter:
    if isinstance(text, NewChapter):
        return text
    markup = make_markup(text)
    return NewChapter(
        position=place, markup=markup, title=f"Part {place}" if of > 1 else "", word_count=word_count(markup)
    )
