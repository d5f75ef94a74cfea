"""Words that every template may use: addresses of works, who is logged in, what the last step said."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest

from fanthology.base.models import Archive
from fanthology.base.pages import is_guest
from fanthology.base.web import template_filter, template_global

from . import addresses
from .languages import direction_of, language_name
from .viewers import member_of

for _address in (
    addresses.work_url,
    addresses.chapter_url,
    addresses.whole_work_url,
    addresses.contents_url,
    addresses.print_url,
    addresses.reviews_url,
    addresses.origin_url,
    addresses.download_url,
    addresses.series_url,
    addresses.author_url,
    addresses.tag_url,
    addresses.challenge_url,
):
    template_global(_address)
template_global(member_of)
template_filter(language_name)
template_filter(direction_of)

WORDS_PER_MINUTE = 250


@template_filter
def reading_time(words: int) -> str:
    """41206 → "about 2 h 45 min": at an easy pace, no more exact than it can be."""
    minutes = max(1, round(words / WORDS_PER_MINUTE))
    if minutes > 20:
        minutes = round(minutes / 5) * 5
    hours, rest = divmod(minutes, 60)
    return "about " + " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)


@template_global
def messages_of(request: HttpRequest) -> list[Any]:
    """What the last step said to this session; guests without one have nothing to be told."""
    return [] if is_guest(request) else list(get_messages(request))


@template_global
def the_archive() -> Archive:
    """The archive's row, for pages that were given none."""
    return Archive.current()
