"""What a page says to machines: canonical address, Open Graph, schema.org, and what it asks crawlers to leave alone."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from markupsafe import Markup as Safe

from fanthology.formats.markup import plain_text
from fanthology.formats.model import Markup
from fanthology.works.cards import Card
from fanthology.works.dates import date_text
from fanthology.works.models import Work

NO_MODELS = "noai, noimageai"


def absolute(path: str) -> str:
    return settings.BASE_URL.rstrip("/") + path


def short_text(summary: str, *, most: int = 280) -> str:
    """A summary as one plain line, cut between words."""
    plain = " ".join(plain_text(Markup(summary)).split())
    return plain if len(plain) <= most else plain[:most].rsplit(" ", 1)[0] + " …"


def robots(work: Work, *, is_public: bool) -> str:
    """Restricted and shy works ask not to be indexed at all; every work asks not to be fed to models."""
    if work.hide_from_search_engines or not is_public:
        return f"noindex, nofollow, noarchive, {NO_MODELS}"
    return NO_MODELS


def work_meta(card: Card, work: Work, *, is_public: bool, chapter: dict[str, Any] | None = None) -> dict[str, Any]:
    """The head of a work's page. Works behind the consent page give machines no summary."""
    description = "" if card.needs_consent else short_text(card.summary)
    book = _book(card, description)
    if chapter:
        book = {"@type": "Chapter", **chapter, "isPartOf": book}
    return {
        "description": description,
        "robots": robots(work, is_public=is_public),
        "is_adult": card.needs_consent,
        "authors": [] if card.is_anonymous else [absolute(author.url) for author in card.authors],
        "released": card.published_on.isoformat() if card.published_on else "",
        "json_ld": json_ld({"@context": "https://schema.org", **book}),
    }


def json_ld(data: dict[str, Any]) -> Safe:
    """JSON that may stand in a script element: nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Safe(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704 - escaped above


def _book(card: Card, description: str) -> dict[str, Any]:
    book: dict[str, Any] = {
        "@type": "Book",
        "name": card.title,
        "url": absolute(card.url),
        "author": [{"@type": "Person", "name": "Anonymous"}]
        if card.is_anonymous
        else [{"@type": "Person", "name": author.name, "url": absolute(author.url)} for author in card.authors],
        "wordCount": card.word_count,
        "numberOfPages": None,
        "genre": "Fan fiction",
        "about": [tag.name for tag in card.fandoms],
        "contentRating": card.rating.words,
        "isFamilyFriendly": not card.needs_consent,
        "isAccessibleForFree": True,
        "accessMode": "textual",
        "dateModified": (date_text(card.revised_at.date(), card.revised_precision) if card.revised_precision else "")
        or "",
        "inLanguage": card.language,
        "description": description,
        "datePublished": card.published_on.isoformat()
        if card.published_on and card.published_precision == "day"
        else "",
        "isPartOf": [{"@type": "BookSeries", "name": place.title, "url": absolute(place.url)} for place in card.places],
    }
    return {name: value for name, value in book.items() if value not in ("", [], None)}
