"""Reviews and comments on news of the former site, the author's answer beside its review."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from fanthology.base.failpoints import reach
from fanthology.base.pages import touch_archive
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


def _fields(bringing: Bringing, record: ReviewRecord) -> dict[str, object]:
    pen_name, guest = _signature(bringing, record)
    fields: dict[str, object] = {
        "text": str(record.text),
        "pen_name_id": pen_name,
        "guest_name": guest,
        "written_at": instant(record.date),
    }
    if record.target[0] != "news":
        fields.update(stars=record.stars, reply=str(record.reply), chapter_id=_chapter_id(bringing, record))
    return fields


def _chapter_id(bringing: Bringing, record: ReviewRecord) -> int | None:
    is_here = record.chapter_key and record.target[0] == "story"
    return bringing.known.id("chapter", record.chapter_key) if record.chapter_key and is_here else None


def _signature(bringing: Bringing, record: ReviewRecord) -> tuple[int | None, str]:
    """(pen name, "") for members; (None, name) for guests, who are never linked by their name."""
    pen_name = bringing.known.id("person", record.author_key) if record.author_key else None
    return pen_name, "" if pen_name is not None else record.author[:200]


def _review(bringing: Bringing, record: ReviewRecord) -> Review:
    kind, key = record.target
    target = bringing.known.id(TARGETS[kind], key)
    pen_name, guest = _signature(bringing, record)
    return Review(
        work_id=target if kind == "story" else None,
        series_id=target if kind == "series" else None,
        chapter_id=_chapter_id(bringing, record),
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
    """The answer is the author’s: of a work its first author’s, of a series nobody’s by name. Its date nobody knows."""
    author = authors.get(review.work_id) if review.work_id else None
    return Review(pen_name_id=author, text=record.reply, by_author=True, written_at=None)


def _add_reviews(bringing: Bringing, records: list[ReviewRecord]) -> None:
    if not records:
        return
    reviews = [_review(bringing, record) for record in records]
    authors = _first_authors(review.work_id for review in reviews if review.work_id)
    replies = [(place, _reply(record, reviews[place], authors)) for place, record in enumerate(records) if record.reply]
    made = add_reviews(reviews=reviews, replies=replies)
    keys = [
        bringing.known.new("review", record.key, review.pk, _fields(bringing, record))
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
        bringing.known.new("review", record.key, comment.pk, _fields(bringing, record))
        for record, comment in zip(records, made, strict=True)
    ]
    bringing.known.save(keys)


def _meet_again(bringing: Bringing, records: list[ReviewRecord], rows: dict[str, SourceKey]) -> None:
    same = []
    for record in records:
        row, theirs = rows[record.key], digests_of(_fields(bringing, record))
        if row.digest == whole(theirs):
            same.append(row)
            bringing.account.did(_kind(record), bringing.known.outcome_of(row))
            continue
        update = _update_comment if record.target[0] == "news" else _update
        outcome = update(bringing, record, row, theirs)
        row.digests, row.digest, row.last_run = theirs, whole(theirs), bringing.run
        row.save()
        bringing.note("review", record.key, outcome, object_id=row.object_id)
        bringing.account.did(_kind(record), outcome)
    bringing.known.seen_again(same)


def _update_comment(bringing: Bringing, record: ReviewRecord, row: SourceKey, theirs: dict[str, str]) -> str:
    comment = NewsComment.objects.filter(pk=row.object_id).first()
    if comment is None:
        return "unchanged"
    fields = _fields(bringing, record)
    here = {name: getattr(comment, name) for name in fields}
    found = compare(imported=row.digests, theirs=theirs, ours=digests_of(here))
    _put(comment, fields, found.take)
    touch_archive()
    return _outcome(bringing, row, fields, found.conflicts)


def _update(bringing: Bringing, record: ReviewRecord, row: SourceKey, theirs: dict[str, str]) -> str:
    review = Review.objects.filter(pk=row.object_id).first()
    if review is None:
        return "unchanged"
    fields = _fields(bringing, record)
    reply = review.replies.filter(by_author=True).order_by("id").first()
    here = {name: getattr(review, name) for name in fields if name != "reply"}
    found = compare(
        imported=row.digests, theirs=theirs, ours=digests_of({**here, "reply": reply.text if reply else ""})
    )
    _put(review, fields, found.take - {"reply"})
    if "reply" in found.take:
        reply = reply or _new_reply(record, review)
        reply.text = record.reply
        reply.save()
    if review.work_id:
        recount_reviews(work_ids=[review.work_id])
        touch_works(work_ids=[review.work_id])
    return _outcome(bringing, row, fields, found.conflicts)


def _put(thing: Review | NewsComment, fields: dict[str, object], names: Iterable[str]) -> None:
    for name in names:
        setattr(thing, name, fields[name])
    if thing.pen_name_id is not None:  # signed by a member or by a guest, never by both
        thing.guest_name = ""
    thing.save()


def _outcome(bringing: Bringing, row: SourceKey, fields: dict[str, object], conflicts: Iterable[str]) -> str:
    clashes = sorted(conflicts)
    for name in clashes:
        Conflict.objects.get_or_create(
            run=bringing.run, source_key=row, field=name, defaults={"theirs": str(fields[name])}
        )
    return "conflict" if clashes else "updated"


def _new_reply(record: ReviewRecord, review: Review) -> Review:
    reply = _reply(record, review, _first_authors([review.work_id] if review.work_id else []))
    reply.parent, reply.work_id, reply.series_id, reply.chapter_id = (
        review,
        review.work_id,
        review.series_id,
        review.chapter_id,
    )
    return reply
