"""The dumps of a real eFiction, compared with its tables row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from fanthology.formats import open_dump
from fanthology.formats.dumps import Dump
from fanthology.formats.dumps.records import PersonRecord, ReviewRecord, SeriesRecord, StoryRecord
from fanthology.people.models import PenName
from fanthology.rescue.actions import bring_stream, record_basis, site_for, start_run
from fanthology.rescue.models import FormerMember, Run, SourceKey
from fanthology.rescue.publish import publish
from fanthology.rescue.sources import Source
from fanthology.reviews.models import Review
from fanthology.works.models import Chapter, Series, Work

SHARED = Path(__file__).parents[3] / "shared" / "data" / "efiction"
DUMPS = [
    ("efiction.sql", "stories-siteA.tar.gz"),
    ("admin-backup.sql", "stories-siteA.tar.gz"),
    ("efiction-utf8mb4-files.sql", "stories-siteB.tar.gz"),
]
pytestmark = [pytest.mark.shared_data, pytest.mark.skipif(not SHARED.exists(), reason="the shared data is not here")]


def opened(dump: str, files: str) -> Dump:
    return open_dump(SHARED / dump, files=SHARED / files)


def rescue(dump: str, files: str) -> Run:
    run = start_run(source=Source(paths=(SHARED / dump,), files=SHARED / files))
    with opened(dump, files) as stream:
        site = site_for(run=run, record=stream.site)
        bring_stream(run=run, stream=stream)
    record_basis(site=site, basis="owner-moves")
    run.refresh_from_db()
    publish(run=run)
    return run


@pytest.mark.parametrize(("dump", "files"), DUMPS)
def test_row_by_row(db: None, dump: str, files: str) -> None:
    run = rescue(dump, files)
    assert run.report["balanced"]
    ids = {(kind, old): pk for kind, old, pk in SourceKey.objects.values_list("kind", "old_id", "object_id")}
    seen = {"stories": 0, "chapters": 0, "people": 0, "reviews": 0, "series": 0}
    with opened(dump, files) as stream:
        for record in stream:
            if isinstance(record, StoryRecord):
                seen["stories"] += 1
                seen["chapters"] += compare_story(record, ids)
            elif isinstance(record, PersonRecord):
                seen["people"] += 1
                pen_name = PenName.objects.get(pk=ids["person", record.key])
                kept = FormerMember.objects.get(old_id=record.key)
                assert (pen_name.name, pen_name.bio, kept.email) == (record.name, record.bio, record.private.email)
            elif isinstance(record, ReviewRecord) and record.target[0] != "news":
                seen["reviews"] += 1
                compare_review(record, ids)
            elif isinstance(record, SeriesRecord):
                seen["series"] += 1
                series = Series.objects.get(pk=ids["series", record.key])
                held = [place.work_id or place.subseries_id for place in series.places.order_by("position")]
                assert held == [ids["work" if kind == "story" else "series", key] for kind, key, _ in record.places]
    assert seen == {"stories": 55, "chapters": 77, "people": 15, "reviews": 108, "series": 4}
    assert (Work.objects.count(), Chapter.objects.count(), PenName.objects.count()) == (55, 77, 15)
    assert Review.objects.filter(by_author=False).count() == 108


def compare_story(record: StoryRecord, ids: dict[tuple[str, str], int]) -> int:
    story, work = record.story, Work.objects.get(pk=ids["work", record.key])
    assert (work.title, work.summary, work.notes) == (story.title or "Untitled", story.summary, story.notes)
    assert [line.pen_name_id for line in work.authorship.order_by("position")] == [
        ids["person", key] for key in record.authors
    ]
    assert work.rating_as_written == (story.rating_as_written or "")
    assert (work.rating.name if work.rating else None) == story.rating
    assert work.complete == story.complete
    assert str(work.published_on or "") == (story.published or "")
    assert (work.state == "hidden") == (not record.visible)
    assert work.state in ("posted", "hidden", "held")
    assert work.stats.hits == record.reads
    assert set(work.work_tags.values_list("tag_id", flat=True)) <= {
        ids["tag", f"{source}:{key}"] for source, key in record.tags
    }
    chapters = list(work.chapters.select_related("text").order_by("position"))
    assert len(chapters) == len(story.chapters)
    for old, new in zip(story.chapters, chapters, strict=True):
        assert (new.title, new.text.markup, new.notes, new.end_notes) == (old.title, old.text, old.notes, old.end_notes)
        assert (new.state == "hidden") == (old.position in record.hidden_chapters)
        assert ids["chapter", dict(old.source_ids)["chapid"]] == new.pk
    return len(chapters)


def compare_review(record: ReviewRecord, ids: dict[tuple[str, str], int]) -> None:
    review = Review.objects.get(pk=ids["review", record.key])
    assert (review.text, review.stars) == (record.text, record.stars)
    assert review.pen_name_id == (ids["person", record.author_key] if record.author_key else None)
    assert review.guest_name == ("" if record.author_key else record.author)
    assert (review.work_id or review.series_id) == ids[
        "work" if record.target[0] == "story" else "series", record.target[1]
    ]
    assert [reply.text for reply in review.replies.all()] == ([record.reply] if record.reply else [])


def test_the_admins_backup_of_the_same_site_adds_nothing_twice(db: None) -> None:
    rescue(*DUMPS[0])
    works, reviews = Work.objects.count(), Review.objects.count()
    rescue(*DUMPS[1])
    assert (Work.objects.count(), Review.objects.count()) == (works, reviews)
