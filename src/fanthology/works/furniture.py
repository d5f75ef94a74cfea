"""Words that every template may use: addresses of works and what stands around them."""

from __future__ import annotations

from fanthology.base.web import template_filter, template_global

from . import addresses
from .languages import direction_of, language_name

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
template_filter(language_name)
template_filter(direction_of)
