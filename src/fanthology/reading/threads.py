"""Reviews as threads: replies under what they answer, the author's own marked, nobody unmasked.

On an anonymous work the author's replies are signed "Anonymous", whatever pen name wrote them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from fanthology.base.web import Page
from fanthology.reviews.models import Review, ReviewQuerySet
from fanthology.works.addresses import author_url

NOBODY = "Somebody"
DEEPEST = 6


@dataclass(slots=True)
class Said:
    """One review with its replies. `text` is markup; `url` is "" for guests; `chapter` is the id it was left on."""

    id: int
    name: str
    url: str
    is_guest: bool
    by_author: bool
    text: str
    stars: int | None
    written_at: dt.datetime | None
    chapter_id: int | None
    depth: int = 0
    replies: list[Said] = field(default_factory=list)

    @property
    def stars_in_words(self) -> str:
        """Half stars in words: 9 → "4½ of 5 stars"."""
        if self.stars is None:
            return ""
        whole, half = divmod(self.stars, 2)
        return f"{whole or ''}{'½' if half else ''} of 5 stars"


def threads(rows: ReviewQuerySet, *, anonymous: bool) -> list[Said]:
    """Threads in the order of the rows, in one query. A reply whose parent is not among them starts a thread."""
    said = [(review.parent_id, _said(review, anonymous=anonymous)) for review in rows.select_related("pen_name")]
    known = {one.id: one for _, one in said}
    roots = []
    for parent_id, one in said:
        parent = known.get(parent_id) if parent_id else None
        if parent is None:
            roots.append(one)
            continue
        # Very long exchanges stay readable on a phone: below the sixth step they go on in line.
        one.depth = min(parent.depth + 1, DEEPEST)
        parent.replies.append(one)
    return roots


def page_of_threads(work_id: int, asked: str | None, *, anonymous: bool, size: int = 25) -> tuple[Page, list[Said]]:
    """One page of a work's threads, newest thread first, with all their replies: a count and two queries."""
    shown = Review.objects.shown().filter(work_id=work_id)
    page = Page.of(
        shown.filter(parent__isnull=True).order_by("-written_at", "-id").values_list("pk", flat=True), asked, size=size
    )
    wanted = set(page.rows)
    answers = list(shown.filter(parent__isnull=False).order_by("written_at", "id").values_list("pk", "parent_id"))
    grew = True
    while grew:
        more = {pk for pk, parent in answers if parent in wanted} - wanted
        wanted |= more
        grew = bool(more)
    by_id = {
        one.id: one
        for one in threads(Review.objects.filter(pk__in=wanted).order_by("written_at", "id"), anonymous=anonymous)
    }
    return page, [by_id[pk] for pk in page.rows if pk in by_id]


def _said(review: Review, *, anonymous: bool) -> Said:
    masked = anonymous and review.by_author
    pen_name = None if masked else review.pen_name
    return Said(
        id=review.pk,
        name="Anonymous" if masked else pen_name.name if pen_name else review.guest_name or NOBODY,
        url=author_url(pen_name.slug) if pen_name else "",
        is_guest=pen_name is None and not masked,
        by_author=review.by_author,
        text=review.text,
        stars=review.stars,
        written_at=review.written_at,
        chapter_id=review.chapter_id,
    )
