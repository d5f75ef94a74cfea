"""A small shelf of posted works for the tests of search."""

from __future__ import annotations

from fanthology.formats import Markup
from fanthology.people.actions import add_unclaimed_pen_names
from fanthology.people.models import PenName
from fanthology.tags.actions import find_or_add
from fanthology.tags.models import Kind, Tag
from fanthology.works import actions
from fanthology.works.access import State
from fanthology.works.models import Work


def author(name: str) -> PenName:
    return PenName.objects.filter(name=name).first() or add_unclaimed_pen_names(newcomers=[PenName(name=name)])[0]


def put(
    title: str,
    text: str = "Nothing much.",
    *,
    by: str = "Mina",
    fandoms: tuple[str, ...] = ("Dracula",),
    tags: tuple[str, ...] = (),
    warnings: tuple[str, ...] = (),
    rating: str | None = "General Audiences",
    state: State = State.POSTED,
    **header: object,
) -> Work:
    named = (
        [(Kind.FANDOM, name) for name in fandoms]
        + [(Kind.ADDITIONAL, name) for name in tags]
        + [(Kind.WARNING, name) for name in warnings]
    )
    return actions.add_work(
        header=actions.Header(
            title=title,
            rating=Tag.objects.get(kind_id=Kind.RATING, name=rating) if rating else None,
            **header,  # type: ignore[arg-type]
        ),
        authors=[author(by)],
        tags=[actions.Tagged(find_or_add(kind=kind, name=name), name) for kind, name in named],
        chapters=[actions.NewChapter(1, Markup(f"<p>{text}</p>"), word_count=len(text.split()))],
        state=state,
    )
