"""A work: its page, its chapters, the whole of it, contents, print, reviews, downloads."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from fanthology.base.pages import cached
from fanthology.base.web import render
from fanthology.reviews.models import Review
from fanthology.works.addresses import chapter_url, work_url
from fanthology.works.cards import Card, cards_for, rating_sign, signed
from fanthology.works.doors import Door, through_the_door
from fanthology.works.editions import FORMATS, build, edition_of
from fanthology.works.models import Authorship, Work
from fanthology.works.policy import in_words
from fanthology.works.viewers import circle_of

from ..chapters import ChapterRow, contents_of
from ..meta import absolute, work_meta
from ..threads import page_of_threads, threads

REVIEWS_SHOWN = 60
FILE_NAME_LENGTH = 80


@require_safe
@through_the_door
def work_page(request: HttpRequest, door: Door) -> HttpResponse:
    """A one-shot stands here whole; a serial shows its header and contents."""

    def page() -> str:
        work, card = door.work(), cards_for([door.work_id])[0]
        contents = contents_of(
            work.pk, door.viewer, is_author=door.is_author, words_of="all" if work.is_one_shot else None
        )
        context = {
            **_about(door, work, card),
            "contents": contents,
            "gifts": work.gifts.filter(refused=False).select_related("pen_name"),
            "inspirations": _inspirations(door, work),
            "reviews": threads(_newest_reviews(work.pk), anonymous=work.anonymous),
            "is_whole": work.is_one_shot and len(contents) == 1,
        }
        return render(request, "reading/work.html", context)

    return cached(request, key=f"work:{door.work_id}", stamp=door.stamp, render=page, circle=circle_of(request))


@require_safe
@through_the_door
def chapter_page(request: HttpRequest, door: Door, chapter_id: int) -> HttpResponse:
    def page() -> str:
        contents = contents_of(door.work_id, door.viewer, is_author=door.is_author, words_of=chapter_id)
        place = contents.place_of(chapter_id)
        if place is None:
            raise Http404
        chapter = contents.rows[place]
        work = Work.objects.select_related("rating").get(pk=door.work_id)
        card = _lean_card(work, door)
        context = {
            **_about(door, work, card, chapter=chapter),
            "contents": contents,
            "chapter": chapter,
            "previous": contents.at(place - 1),
            "following": contents.at(place + 1),
            "reviews": threads(_chapter_reviews(chapter_id), anonymous=work.anonymous),
        }
        return render(request, "reading/chapter.html", context)

    return cached(
        request, key=f"chapter:{door.work_id}:{chapter_id}", stamp=door.stamp, render=page, circle=circle_of(request)
    )


@require_safe
@through_the_door
def whole_work(request: HttpRequest, door: Door) -> HttpResponse:
    return _all_chapters(request, door, "reading/whole.html")


@require_safe
@through_the_door
def print_page(request: HttpRequest, door: Door) -> HttpResponse:
    return _all_chapters(request, door, "reading/print.html")


@require_safe
@through_the_door
def contents_page(request: HttpRequest, door: Door) -> HttpResponse:
    def page() -> str:
        work, card = door.work(), cards_for([door.work_id])[0]
        contents = contents_of(work.pk, door.viewer, is_author=door.is_author)
        return render(request, "reading/contents.html", {**_about(door, work, card), "contents": contents})

    return cached(request, key=f"contents:{door.work_id}", stamp=door.stamp, render=page, circle=circle_of(request))


@require_safe
@through_the_door
def reviews_page(request: HttpRequest, door: Door) -> HttpResponse:
    asked = request.GET.get("page", "1")[:6]

    def page() -> str:
        work, card = door.work(), cards_for([door.work_id])[0]
        shown, said = page_of_threads(work.pk, asked, anonymous=work.anonymous)
        contents = contents_of(work.pk, door.viewer, is_author=door.is_author)
        headings = {row.id: row for row in contents}
        return render(
            request,
            "reading/reviews.html",
            {**_about(door, work, card), "page": shown, "reviews": said, "headings": headings},
        )

    return cached(
        request, key=f"reviews:{door.work_id}:{asked}", stamp=door.stamp, render=page, circle=circle_of(request)
    )


@require_safe
@through_the_door
def download(request: HttpRequest, door: Door, extension: str) -> HttpResponse:
    """The kept edition of a posted work; of another, which only its author and the keepers see, one built for this look."""
    work = door.work()
    data = edition_of(work, extension)[1] if work.state == "posted" else build(work, extension, all_chapters=True)
    etag = f'"{hashlib.sha256(data).hexdigest()}"'
    if etag in request.headers.get("If-None-Match", ""):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(data, content_type=FORMATS[extension].media_type)
        name = f"{_file_name(work.title)}.{extension}"
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex, noai"
    return response


@require_safe
@through_the_door
def first_chapter(request: HttpRequest, door: Door) -> HttpResponse:
    """`/read/ID/start/`: where "read from the start" leads, whatever the first chapter is today."""
    first = contents_of(door.work_id, door.viewer, is_author=door.is_author).at(0)
    return HttpResponseRedirect(chapter_url(door.work_id, first.id) if first else work_url(door.work_id))


def _all_chapters(request: HttpRequest, door: Door, template: str) -> HttpResponse:
    def page() -> str:
        work, card = door.work(), cards_for([door.work_id])[0]
        contents = contents_of(work.pk, door.viewer, is_author=door.is_author, words_of="all")
        return render(request, template, {**_about(door, work, card), "contents": contents})

    return cached(request, key=f"{template}:{door.work_id}", stamp=door.stamp, render=page, circle=circle_of(request))


def _about(door: Door, work: Work, card: Card, chapter: ChapterRow | None = None) -> dict[str, Any]:
    words = {"name": chapter.heading, "position": chapter.number, "url": absolute(chapter.url)} if chapter else None
    return {
        "work": work,
        "card": card,
        "door": door,
        "held_because": in_words(work.hold_reason),
        "formats": list(FORMATS.values()),
        "canonical": absolute(chapter.url if chapter else card.url),
        "meta": work_meta(card, work, is_public=door.is_public, chapter=words),
    }


def _lean_card(work: Work, door: Door) -> Card:
    """What a chapter page shows of its work, from the row at hand and one query for its authors."""
    lines = Authorship.objects.filter(work=work).select_related("pen_name")
    return Card(
        id=work.pk,
        title=work.title,
        url=work_url(work.pk),
        summary=work.summary,
        language=work.language,
        rating=rating_sign(work.rating.name if work.rating else None),
        needs_consent=door.needs_consent,
        state=work.state,
        is_members_only=not door.is_public,
        is_anonymous=work.anonymous,
        complete=work.complete,
        chapter_count=work.chapter_count,
        expected_chapters=work.expected_chapters,
        word_count=work.word_count,
        published_on=work.published_on,
        published_precision=work.published_precision,
        revised_at=work.revised_at,
        revised_precision=work.revised_precision,
        posted_at=work.posted_at,
        origin=work.origin,
        arrived_in_bulk=work.arrived_in_bulk,
        kudos=0,
        reviews=0,
        warnings_stated=work.warnings_stated,
        authors=[] if work.anonymous else [signed(line.pen_name) for line in lines],
    )


def _newest_reviews(work_id: int) -> Any:
    """The last of a work's reviews, oldest first."""
    newest = Review.objects.shown().filter(work_id=work_id).order_by("-written_at", "-id").values("pk")[:REVIEWS_SHOWN]
    return Review.objects.filter(pk__in=newest).order_by("written_at", "id")


def _chapter_reviews(chapter_id: int) -> Any:
    return Review.objects.shown().filter(chapter_id=chapter_id).order_by("written_at", "id")[:REVIEWS_SHOWN]


def _inspirations(door: Door, work: Work) -> list[dict[str, str]]:
    """What a work was made after. A source that this viewer may not see is not named."""
    found = []
    for line in work.inspirations.select_related("source_work"):
        source = line.source_work
        if source is None:
            found.append(
                {
                    "words": line.words or line.url,
                    "url": line.url if line.url.startswith(("http://", "https://")) else "",
                }
            )
        elif Work.objects.visible_to(door.viewer).filter(pk=source.pk).exists():
            found.append({"words": source.title, "url": work_url(source.pk)})
    return found


def _file_name(title: str) -> str:
    """A title as a file name: letters of any script, no separators, not too long."""
    kept = "".join(letter if letter.isalnum() or letter in " -_.,'’()&!" else " " for letter in title)
    return " ".join(kept.split())[:FILE_NAME_LENGTH].strip(" .") or "story"
