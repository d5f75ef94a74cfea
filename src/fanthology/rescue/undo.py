"""Undoing a run as a whole: everything it made is purged, as if it had never been.

What was edited here since, or claimed by its author, stays unless the keeper insists; it is listed. Works go first, in
small batches; then what only they needed. Interrupted anywhere, it can be called again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from fanthology.base import ledger, outbox
from fanthology.base.bulk import give_way
from fanthology.base.failpoints import reach
from fanthology.base.pages import touch_archive
from fanthology.gatherings.models import Challenge
from fanthology.pages.models import CustomPage, News, NewsComment
from fanthology.people.models import PenName
from fanthology.reviews.actions import recount_reviews
from fanthology.reviews.models import Review
from fanthology.tags.actions import rebuild_closure
from fanthology.tags.models import Kind, Tag
from fanthology.works.access import State
from fanthology.works.actions import purge_works
from fanthology.works.models import Series, Tombstone, Work

from .actions import Beat, forget_files, quiet
from .bringing.shapes import fields_here
from .digests import digests_of
from .errors import NotNow
from .models import Conflict, FormerMember, OldAddress, Outcome, Run, Site, SourceKey, TagMapping
from .uploads import delete_files, takes_files

BATCH = 10


@dataclass(slots=True)
class Undone:
    """What an undoing did: works purged, and works kept with the reason (id, title, reason)."""

    purged: int = 0
    kept: list[tuple[int, str, str]] = field(default_factory=list)


def undo(*, run: Run, force: bool = False, beat: Beat = quiet, actor: int | None = None) -> Undone:
    """Take back everything this run made. Raises NotNow while it is being brought in or published."""
    if run.state == Run.State.UNDONE:
        raise NotNow("This run is undone already.")
    Run.objects.filter(pk=run.pk).update(state=Run.State.UNDOING)
    done = _undo_works(run, force, beat)
    with transaction.atomic():
        _undo_words(run)
        _undo_series(run)
        reach("rescue.undo-series")
    _undo_people(run, beat)
    with transaction.atomic():
        _undo_tags(run)
        _undo_site(run)
        Conflict.objects.filter(run=run).delete()
        Outcome.objects.filter(run=run).delete()
        kept = [{"work": pk, "title": title, "reason": reason} for pk, title, reason in done.kept]
        run.refresh_from_db()
        run.state, run.finished_at = Run.State.UNDONE, timezone.now()
        run.report = {**run.report, "undone": {"purged": done.purged, "kept": kept}}
        run.save()
        ledger.write("rescue undone", "run", run.pk, actor=actor, works=done.purged, kept=len(kept))
        touch_archive()
        reach("rescue.undo-end")
    forget_files(run=run)
    return done


def throw_away(*, run: Run, actor: int | None = None) -> None:
    """Forget a run that brought nothing in, with its files and their sealed copies. Raises NotNow."""
    if not takes_files(run):
        raise NotNow("This run is being worked on, or has brought something in: wait for it, or undo it instead.")
    delete_files(run)
    with transaction.atomic():
        ledger.write("rescue thrown away", "run", run.pk, actor=actor, files=run.uploads.count())
        _undo_site(run)
        run.delete()


def _undo_works(run: Run, force: bool, beat: Beat) -> Undone:  # noqa: FBT001 - handed through
    done = Undone()
    rows = list(SourceKey.objects.filter(first_run=run, kind="work").order_by("-id"))
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        with transaction.atomic():
            works = Work.objects.in_bulk([row.object_id for row in some])
            kept = (
                {}
                if force
                else {row.object_id: reason for row in some if (reason := _why_keep(works.get(row.object_id), row))}
            )
            gone = [row for row in some if row.object_id not in kept]
            _leave_stones(works[row.object_id] for row in gone if row.object_id in works)
            _forget_chapters(gone)
            done.purged += purge_works(work_ids=[row.object_id for row in gone])
            SourceKey.objects.filter(pk__in=[row.pk for row in gone]).delete()
            done.kept += [(pk, works[pk].title, reason) for pk, reason in kept.items()]
            reach("rescue.undo-works")
        give_way()
        beat(min(start + BATCH, len(rows)), len(rows), "Undoing")
    return done


def _why_keep(work: Work | None, row: SourceKey) -> str:
    """Why a work is not simply taken back: somebody here made it theirs. "" = nobody did."""
    if work is None:
        return ""
    if work.authorship.filter(pen_name__status=PenName.Status.OWNED).exists():
        return "its author has claimed it"
    keys = dict(
        SourceKey.objects.filter(
            site_id=row.site_id, kind="chapter", object_id__in=work.chapters.values("pk")
        ).values_list("object_id", "old_id")
    )
    here, state = digests_of(fields_here(work, keys)), {"hidden"}
    edited = any(here[name] != was for name, was in row.digests.items() if name not in state)
    chapters = SourceKey.objects.filter(site_id=row.site_id, kind="chapter", object_id__in=keys).in_bulk(
        field_name="id"
    )
    texts = dict(work.chapters.values_list("pk", "text__sha256"))
    rewritten = any(
        digests_of({"text": texts.get(key.object_id)})["text"] != key.digests.get("text") for key in chapters.values()
    )
    return "it was edited here" if edited or rewritten else ""


def _leave_stones(works: Iterable[Work]) -> None:
    """An address that was public once answers "gone" in its own way; what nobody could see leaves no trace."""
    stones = [Tombstone(work_id=work.pk, reason="undone") for work in works if work.state == State.POSTED]
    Tombstone.objects.bulk_create(stones, ignore_conflicts=True)


def _forget_chapters(rows: Iterable[SourceKey]) -> None:
    """Keys of the chapters and reviews that go with their works."""
    for row in rows:
        chapters = list(Work.objects.filter(pk=row.object_id).values_list("chapters__pk", flat=True))
        SourceKey.objects.filter(
            site_id=row.site_id, kind__in=["chapter", "place"], object_id__in=[pk for pk in chapters if pk]
        ).delete()
        reviews = Review.objects.filter(work_id=row.object_id).values("pk")
        keys = SourceKey.objects.filter(site_id=row.site_id, kind="review", object_id__in=reviews)
        keys.exclude(old_id__startswith="comment-").delete()


def _undo_words(run: Run) -> None:
    """Reviews on works that stay, news with their comments, pages, challenges."""
    keys = SourceKey.objects.filter(first_run=run)
    reviews = keys.filter(kind="review").exclude(old_id__startswith="comment-")
    left = Review.objects.filter(pk__in=reviews.values("object_id"))
    touched = sorted({pk for pk in left.values_list("work_id", flat=True) if pk})
    left.delete()
    recount_reviews(work_ids=touched)
    comments = keys.filter(kind="review", old_id__startswith="comment-")
    NewsComment.objects.filter(pk__in=comments.values("object_id")).delete()
    News.objects.filter(pk__in=keys.filter(kind__in=["news", "arrival"]).values("object_id")).delete()
    _undo_pages(list(keys.filter(kind="page")))
    Challenge.objects.filter(pk__in=keys.filter(kind="challenge").values("object_id")).delete()
    keys.filter(kind__in=["review", "news", "arrival", "page", "challenge"]).delete()


def _undo_pages(rows: list[SourceKey]) -> None:
    """Custom pages as they came, shown or not. What was written anew here stays."""
    pages = CustomPage.objects.in_bulk([row.object_id for row in rows])
    for row in rows:
        page = pages.get(row.object_id)
        if page and digests_of({"title": page.title, "text": page.text}) == row.digests:
            page.delete()


def _undo_series(run: Run) -> None:
    """Series that hold nothing any more."""
    keys = SourceKey.objects.filter(first_run=run, kind="series")
    holding = Q(places__work__isnull=False)
    full = set(Series.objects.filter(holding, pk__in=keys.values("object_id")).values_list("pk", flat=True))
    gone = keys.exclude(object_id__in=full)
    Series.objects.filter(pk__in=gone.values("object_id")).delete()
    gone.delete()


def _undo_people(run: Run, beat: Beat) -> None:
    """Pen names nobody owns and nothing is signed with. What was private of them goes with them."""
    rows = list(SourceKey.objects.filter(first_run=run, kind="person").values_list("pk", "object_id"))
    for start in range(0, len(rows), 100):
        some = dict(rows[start : start + 100])
        with transaction.atomic():
            free = (
                PenName.objects.filter(pk__in=some.values(), status=PenName.Status.UNCLAIMED)
                .exclude(_is_in_use())
                .values_list("pk", flat=True)
            )
            gone = set(free)
            FormerMember.objects.filter(pen_name_id__in=gone).delete()
            PenName.objects.filter(pk__in=gone).delete()
            SourceKey.objects.filter(pk__in=[key for key, pen_name in some.items() if pen_name in gone]).delete()
            reach("rescue.undo-people")
        give_way()
        beat(min(start + 100, len(rows)), len(rows), "Undoing")


def _is_in_use() -> Q:
    used = Q()
    for relation in (
        "authorship",
        "contributions",
        "reviews",
        "series",
        "challenges",
        "news_comments",
        "gifts",
        "kudos",
    ):
        used |= Q(**{f"{relation}__isnull": False})
    return used


def _undo_tags(run: Run) -> None:
    """Tags that no work, mapping of another site or line needs, from the leaves up."""
    keys = SourceKey.objects.filter(first_run=run, kind="tag")
    if not Run.objects.filter(site=run.site).exclude(pk=run.pk).exclude(state=Run.State.UNDONE).exists():
        TagMapping.objects.filter(site=run.site).delete()
    ours = Tag.objects.filter(pk__in=keys.values("object_id"), made_at__gte=run.made_at).exclude(kind_id=Kind.RATING)
    wanted = set(ours.values_list("pk", flat=True))
    gone: set[int] = set()
    while True:
        free = Tag.objects.filter(pk__in=wanted)
        # A line to a tag that was there before came with this run and goes with it.
        found = set(free.exclude(_is_tag_in_use()).exclude(child_lines__child__in=wanted).values_list("pk", flat=True))
        if not found:
            break
        Tag.objects.filter(pk__in=found).delete()
        gone |= found
        wanted -= found
    keys.filter(object_id__in=gone).delete()
    if not SourceKey.objects.filter(site=run.site, kind="work").exists():
        keys.delete()
    if gone:
        rebuild_closure()
        outbox.publish("tag.moved", "tag", min(gone))


def _is_tag_in_use() -> Q:
    used = Q()
    for relation in ("work_tags", "rated_works", "challenges", "synonyms", "relationship_lines"):
        used |= Q(**{f"{relation}__isnull": False})
    other = TagMapping.objects.filter(tag__isnull=False).values("tag_id")
    elsewhere = (
        SourceKey.objects.filter(kind="tag")
        .values("object_id")
        .annotate(sites=Count("site", distinct=True))
        .filter(sites__gt=1)
        .values("object_id")
    )
    return used | Q(pk__in=other) | Q(pk__in=elsewhere)


def _undo_site(run: Run) -> None:
    """The site itself, when nothing of it is left and no other run is of it."""
    site = run.site
    others = Run.objects.filter(site=site).exclude(pk=run.pk)
    if site is None or others.exclude(state=Run.State.UNDONE).exists() or SourceKey.objects.filter(site=site).exists():
        return
    OldAddress.objects.filter(site=site).delete()
    Run.objects.filter(site=site).update(site=None)
    Site.objects.filter(pk=site.pk).delete()
    run.site = None
