"""Reviews and comments on news of the former site, the author's answer beside its review."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from fanthology.base.failpoints import reach
from fanthology.formats.dumps.records import ReviewRecord
from fanthology.pages.models import NewsComment
from fanthology.reviews.actions import add_reviews, recount_reviews
from fanthology.reviews.models import Review
from fanthology.works.actions import touch_works
from fanthology.works.dates import instant
from fanthology.works.models import Authorship

from ..digests import compare, digests_of, whole
from ..models import Conflict, SourceKey
from .known import Bringing
from .people import FORBIDDEN

STORY_LEFT_OUT = "its story was left out"
NOWHERE = "what it is about is not here"
TARGETS = {"story": "work", "series": "series", "news": "news"}


def bring_reviews(bringing: Bringing, batch: list[ReviewRecord]) -> None:
    """Add or update these reviews and news comments, in one transaction."""
    allowed = [record for record in batch if not _leave_out(bringing, record)]
    with transaction.atomic():
        rows = bringing.known.rows("review", [record.key for record in allowed])
        new = [record for record in allowed if record.key not in rows]
        _add_reviews(bringing, [record for record in new if record.target[0] != "news"])
        _add_comments(bringing, [record for record in new if record.target[0] == "news"])
        _meet_again(bringing, [record for record in allowed if record.key in rows], rows)
        bringing.write_notes()
        reach("rescue.reviews")
    for record in new:
        bringing.account.did(_kind(record), "added")


def _kind(record: ReviewRecord) -> str:
    return "comment" if record.target[0] == "news" else "review"


def _leave_out(bringing: Bringing, record: ReviewRecord) -> bool:
    kind, key = record.target
    reason = ""
    if record.author_key in bringing.known.left_out["person"]:
        reason = FORBIDDEN
    elif kind == "story" and key in bringing.known.left_out["work"]:
        reason = STORY_LEFT_OUT
    elif bringing.known.id(TARGETS[kind], key) is None:
        reason = NOWHERE
    if reason:
        bringing.note("review", record.key, "left-out", reason)
        bringing.account.left_out_here(_kind(record), reason)
    return bool(reason)


def _fields(record: ReviewRecord) -> dict[str, object]:
    return {"text": str(record.text), "stars": record.stars, "reply": str(record.reply)}


def _signature(bringing: Bringing, record: ReviewRecord) -> tuple[int | None, str]:
    """(pen name, "") for members; (None, name) for guests, who are never linked by their name."""
    pen_name = bringing.known.id("person", record.author_key) if record.author_key else None
    return pen_name, "" if pen_name is not None else record.author[:200]


def _review(bringing: Bringing, record: ReviewRecord) -> Review:
    kind, key = record.target
    target = bringing.known.id(TARGETS[kind], key)
    pen_name, guest = _signature(bringing, record)
    chapter = bringing.known.id("chapter", record.chapter_key) if record.chapter_key and kind == "story" else None
    return Review(
        work_id=target if kind == "story" else None,
        series_id=target if kind == "series" else None,
        chapter_id=chapter,
        pen_name_id=pen_name,
        guest_name=guest,
        text=record.text,
        stars=record.stars,
        written_at=instant(record.date),
    )


def _first_authors(work_ids: Iterable[int]) -> dict[int, int]:
    lines = Authorship.objects.filter(work_id__in=set(work_ids)).order_by("-position", "-id")
    return dict(lines.values_list("work_id", "pen_name_id"))


def _reply(record: ReviewRecord, review: Review, authors: dict[int, int]) -> Review:
    """The answer is the author's: of a work its first author's, of a series nobody's by name."""
    author = authors.get(review.work_id) if review.work_id else None
    return Review(pen_name_id=author, text=record.reply, by_author=True, written_at=instant(record.date))


def _add_reviews(bringing: Bringing, records: list[ReviewRecord]) -> None:
    if not records:
        return
    reviews = [_review(bringing, record) for record in records]
    authors = _first_authors(review.work_id for review in reviews if review.work_id)
    replies = [(place, _reply(record, reviews[place], authors)) for place, record in enumerate(records) if record.reply]
    made = add_reviews(reviews=reviews, replies=replies)
    keys = [
        bringing.known.new("review", record.key, review.pk, _fields(record))
        for record, review in zip(records, made, strict=True)
    ]
    bringing.known.save(keys)


def _add_comments(bringing: Bringing, records: list[ReviewRecord]) -> None:
    if not records:
        return
    comments = []
    for record in records:
        pen_name, guest = _signature(bringing, record)
        news = bringing.known.ids["news"][record.target[1]]
        comments.append(
            NewsComment(
                news_id=news, pen_name_id=pen_name, guest_name=guest, text=record.text, written_at=instant(record.date)
            )
        )
    made = NewsComment.objects.bulk_create(comments)
    keys = [
        bringing.known.new("review", record.key, comment.pk, _fields(record))
        for record, comment in zip(records, made, strict=True)
    ]
    bringing.known.save(keys)


def _meet_again(bringing: Bringing, records: list[ReviewRecord], rows: dict[str, SourceKey]) -> None:
    same = []
    for record in records:
        row, theirs = rows[record.key], digests_of(_fields(record))
        if row.digest == whole(theirs):
            same.append(row)
            bringing.account.did(_kind(record), bringing.known.outcome_of(row))
            continue
        outcome = _update_comment(record, row) if record.target[0] == "news" else _update(bringing, record, row, theirs)
        row.digests, row.digest, row.last_run = theirs, whole(theirs), bringing.run
        row.save()
        bringing.note("review", record.key, outcome, object_id=row.object_id)
        bringing.account.did(_kind(record), outcome)
    bringing.known.seen_again(same)


def _update_comment(record: ReviewRecord, row: SourceKey) -> str:
    return "updated" if NewsComment.objects.filter(pk=row.object_id).update(text=record.text) else "unchanged"


def _update(bringing: Bringing, record: ReviewRecord, row: SourceKey, theirs: dict[str, str]) -> str:
    review = Review.objects.filter(pk=row.object_id).first()
    if review is None:
        return "unchanged"
    reply = review.replies.filter(by_author=True).order_by("id").first()
    here = {"text": review.text, "stars": review.stars, "reply": reply.text if reply else ""}
    found = compare(imported=row.digests, theirs=theirs, ours=digests_of(here))
    if found.take & {"text", "stars"}:
        review.text = record.text if "text" in found.take else review.text
        review.stars = record.stars if "stars" in found.take else review.stars
        review.save()
    if "reply" in found.take:
        reply = reply or _new_reply(record, review)
        reply.text = record.reply
        reply.save()
    for name in found.conflicts:
        Conflict.objects.get_or_create(
            run=bringing.run, source_key=row, field=name, defaults={"theirs": str(_fields(record)[name])}
        )
    if review.work_id:
        recount_reviews(work_ids=[review.work_id])
        touch_works(work_ids=[review.work_id])
    return "conflict" if found.conflicts else "updated"


def _new_reply(record: ReviewRecord, review: Review) -> Review:
    reply = _reply(record, review, _first_authors([review.work_id] if review.work_id else []))
    reply.parent, reply.work_id, reply.series_id, reply.chapter_id = (
        review,
        review.work_id,
        review.series_id,
        review.chapter_id,
    )
    return reply
