"""A newer dump in which everything changed: afterwards the archive is what the newer dump alone would have made of it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client

from fanthology.pages.models import CustomPage, News
from fanthology.people.models import PenName
from fanthology.rescue.actions import resolve_conflict
from fanthology.rescue.errors import NotNow
from fanthology.rescue.models import Run
from fanthology.rescue.undo import undo
from fanthology.reviews.models import Review
from fanthology.works.models import Series, SeriesPlace, Work
from tests import efiction_dump
from tests.rescue.test_row_by_row import BIG, T0, WORLD, Rows, check, rescue, rows_of

REMEMBERED = {
    "run",
    "item",
    "job",
    "outboxevent",
    "outboxcursor",
    "ledgerentry",
    "ledgerdetail",
    "archive",
    "tombstone",
}
MOMENTS = {"made_at", "basis_at", "posted_at", "last_run", "stamp"}


def old() -> Rows:
    return rows_of(WORLD, "", flags="flag", version="3.5.8")


def row(rows: Rows, table: str, **which: object) -> dict:
    ((column, value),) = which.items()
    return next(found for found in rows[table] if found[column] == value)


def write(folder: Path, rows: Rows, name: str) -> Path:
    (folder / name).write_bytes(efiction_dump.dump(rows))
    return folder / name


def everything() -> dict[str, list[tuple]]:
    """All rows of all tables but those that remember that something was done, without moments."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.model_name not in REMEMBERED:
            names = [field.attname for field in model._meta.concrete_fields if field.name not in MOMENTS]
            found[model._meta.label] = sorted(model._default_manager.values_list(*names), key=repr)
    return found


def people(rows: Rows) -> None:
    row(rows, "authors", uid=3).update(
        email="new@mail.example", realname="Z. R.", password="b" * 32, bio="Another bio."
    )
    row(rows, "authors", uid=77).update(penname="Annis the Second", date=T0 + 86_400)
    row(rows, "authors", uid=12).update(email="only-the-mail@mail.example", password="c" * 32)
    row(rows, "authorprefs", uid=12).update(level=0)


def words_of_the_site(rows: Rows) -> None:
    row(rows, "categories", catid=12).update(category="Renamed World")
    row(rows, "characters", charid=4).update(charname="Nobody")
    row(rows, "classes", class_id=7).update(class_name="Renamed Genre")
    row(rows, "ratings", rid=77).update(ratingwarning=7, warningtext="Now with gates")
    row(rows, "ratings", rid=4).update(ratingwarning=0)
    rows["categories"].append({"catid": 99, "parentcatid": 12, "category": "Newest"})


def stories(rows: Rows) -> None:
    first = row(rows, "stories", sid=BIG)
    first.update(
        title="Retitled",
        summary="New summary",
        storynotes="",
        completed="1",
        rid="3",
        catid="12",
        classes="301,7",
        charid="4",
        updated=T0 + 99 * 86_400,
        featured="0",
        challenges="3,12",
        uid=12,
    )
    row(rows, "stories", sid=12).update(rr="0", date=T0 + 86_400, rid="0")
    row(rows, "stories", sid=77).update(validated="1")
    row(rows, "stories", sid=78).update(validated="0")
    rows["stories"].append(
        {
            "sid": 4,
            "title": "New here",
            "summary": "",
            "rid": "3",
            "uid": 3,
            "date": T0,
            "updated": T0,
            "challenges": "12",
        }
    )
    rows["chapters"].append(
        {"chapid": 7777, "sid": 4, "uid": 3, "inorder": 1, "title": "New", "storytext": "<p>New.</p>"}
    )
    rows["coauthors"] = [{"sid": BIG, "uid": 3}]
    row(rows, "stories", sid=12)["coauthors"] = "0"


def chapters(rows: Rows) -> None:
    row(rows, "chapters", chapid=900).update(title="Other", notes="", endnotes="", storytext="Wholly other words.")
    row(rows, "chapters", chapid=3).update(validated="1", uid=77)
    row(rows, "chapters", chapid=12).update(validated="0", notes="<p>Some</p>")
    rows["chapters"].append(
        {"chapid": 6000, "sid": 12, "uid": 12, "inorder": 3, "title": "More", "storytext": "And on."}
    )
    rows["chapters"].append(
        {"chapid": 6001, "sid": 100_001, "uid": 3, "inorder": 1, "title": "At last", "storytext": "A text."}
    )


def order(rows: Rows) -> None:
    row(rows, "chapters", chapid=78).update(inorder=2)
    row(rows, "chapters", chapid=77).update(inorder=1)
    row(rows, "chapters", chapid=3).update(inorder=2)


def reviews(rows: Rows) -> None:
    row(rows, "reviews", reviewid=12).update(
        review="Rewritten<br><br><i>Author\\'s Response: Answered again</i>", rating=2, date=T0 + 5000
    )
    row(rows, "reviews", reviewid=13).update(rating=4, chapid=900)
    row(rows, "reviews", reviewid=93).update(uid=12, reviewer="Annis", review="Signed now")
    row(rows, "reviews", reviewid=77).update(review="Still fine", reviewer="Renamed")
    rows["reviews"].append(
        {
            "reviewid": 500,
            "item": 12,
            "type": "ST",
            "chapid": 77,
            "uid": 3,
            "reviewer": "Z",
            "review": "A new one",
            "rating": 5,
            "date": T0,
        }
    )


def deleted_member(rows: Rows) -> None:
    """What eFiction does when a member goes: reviews and comments become those of guest number 0."""
    row(rows, "reviews", reviewid=12).update(uid=0)
    row(rows, "comments", cid=12).update(uid=0)


def series(rows: Rows) -> None:
    row(rows, "series", seriesid=12).update(title="Renamed series", summary="Other", uid=12, isopen=1, challenges="")
    row(rows, "inseries", sid=78).update(inorder=1)
    row(rows, "inseries", sid=BIG).update(inorder=3, confirmed=1)
    rows["inseries"].append({"seriesid": 900, "sid": 12, "subseriesid": 0, "inorder": 2})


def the_rest(rows: Rows) -> None:
    row(rows, "challenges", chalid=12).update(title="Renamed challenge", summary="Other", characters="4")
    row(rows, "favorites", item=3)["comments"] = "now with a word"
    rows["favorites"].append({"uid": 77, "item": BIG, "type": "ST", "comments": ""})
    row(rows, "news", nid=12).update(title="Renamed news", story="Other", author="Somebody", time=T0 + 7)
    rows["news"].append({"nid": 14, "author": "A", "title": "Newer", "story": "News", "time": T0})
    row(rows, "comments", cid=12).update(comment="Other")
    row(rows, "messages", message_id=1).update(message_title="Renamed page", message_text="Other")


CHANGES = [people, words_of_the_site, stories, chapters, order, reviews, deleted_member, series, the_rest]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_newer_dump_makes_what_it_alone_would_have_made(
    db: None, tmp_path: Path, change: Callable[[Rows], None]
) -> None:
    rows = old()
    rescue(write(tmp_path, rows, "old.sql"), None)
    newer = copy.deepcopy(rows)
    change(newer)
    run = rescue(write(tmp_path, newer, "newer.sql"), None)
    check(newer, run, flags="flag")
    assert not run.conflicts.exists()


def test_numbers_of_chapters_mean_what_they_mean_in_the_newer_dump(db: None, tmp_path: Path, client: Client) -> None:
    rows = old()
    rescue(write(tmp_path, rows, "old.sql"), None)
    row(rows, "chapters", chapid=77)["inorder"] = 5
    rows["chapters"].append({"chapid": 80, "sid": 12, "uid": 12, "inorder": 9, "title": "Nine", "storytext": "Nine."})
    rescue(write(tmp_path, rows, "newer.sql"), None)
    work = Work.objects.get(title="Same number as others")
    # its rating is "G" and its old site gave it no gate, so that every chapter has an open page
    for number, title in ((1, "Robin"), (5, "Round"), (9, "Nine")):
        chapter = work.chapters.get(title=title)
        answer = client.get(f"/fic/viewstory.php?chapter={number}&sid=12")
        assert (answer.status_code, answer["Location"]) == (301, f"/read/{work.pk}/{chapter.pk}/"), number
    assert client.get("/fic/viewstory.php?chapter=2&sid=12")["Location"] == f"/read/{work.pk}/"


def test_a_conflict_about_a_review_can_be_decided_for_theirs(db: None, tmp_path: Path) -> None:
    rows = old()
    rescue(write(tmp_path, rows, "old.sql"), None)
    Review.objects.filter(stars=10).update(stars=3, text="<p>Edited here.</p>")
    Review.objects.filter(by_author=True).update(text="<p>Answered here.</p>")
    PenName.objects.filter(name__startswith="O").update(joined_on="2001-01-01")
    row(rows, "reviews", reviewid=12).update(
        review="Rewritten<br><br><i>Author\\'s Response: Answered again</i>", rating=2, date=T0 + 5000
    )
    row(rows, "authors", uid=BIG)["date"] = T0 + 86_400
    run = rescue(write(tmp_path, rows, "newer.sql"), None)
    for conflict in run.conflicts.all():
        resolve_conflict(conflict=conflict, choice="theirs")
    assert set(run.conflicts.values_list("field", flat=True)) == {"stars", "text", "reply", "joined"}
    check(rows, run, flags="flag")


def test_conflicts_about_news_and_pages_can_be_decided_for_theirs(db: None, tmp_path: Path) -> None:
    rows = old()
    rescue(write(tmp_path, rows, "old.sql"), None)
    for model in (News, CustomPage):
        model.objects.update(title="Edited here", text="<p>Edited here.</p>")
    the_rest(rows)
    run = rescue(write(tmp_path, rows, "newer.sql"), None)
    mine = run.conflicts.filter(source_key__kind__in=["news", "page"])
    assert set(mine.values_list("source_key__kind", "field")) == {
        (kind, field) for kind in ("news", "page") for field in ("title", "text")
    }
    for conflict in mine:
        resolve_conflict(conflict=conflict, choice="theirs")
    news, page = News.objects.get(title="Renamed news"), CustomPage.objects.get(title="Renamed page")
    assert (news.text, page.text) == ("<p>Other</p>", "<p>Other</p>")
    assert News.objects.filter(title="Edited here").exists(), "what did not change there stays ours"


def test_a_review_of_a_series_can_be_decided_for_theirs(db: None, tmp_path: Path) -> None:
    rows = old()
    rescue(write(tmp_path, rows, "old.sql"), None)
    versions = list(Work.objects.order_by("pk").values_list("pk", "version"))
    Review.objects.filter(series__isnull=False).update(text="<p>Edited here.</p>")
    row(rows, "reviews", reviewid=77).update(review="Rewritten there")
    run = rescue(write(tmp_path, rows, "newer.sql"), None)
    resolve_conflict(conflict=run.conflicts.get(field="text"), choice="theirs")
    assert Review.objects.get(series__isnull=False).text == "<p>Rewritten there</p>"
    assert list(Work.objects.order_by("pk").values_list("pk", "version")) == versions, "no work has changed"


def test_an_answer_that_is_gone_here_is_not_called_decided(db: None, tmp_path: Path) -> None:
    rows = old()
    rescue(write(tmp_path, rows, "old.sql"), None)
    Review.objects.filter(by_author=True).update(text="<p>Answered here.</p>")
    reviews(rows)
    run = rescue(write(tmp_path, rows, "newer.sql"), None)
    conflict = run.conflicts.get(field="reply")
    Review.objects.filter(by_author=True).delete()
    with pytest.raises(NotNow, match="cannot be taken over in one piece"):
        resolve_conflict(conflict=conflict, choice="theirs")
    conflict.refresh_from_db()
    assert conflict.resolved == ""
    assert not Review.objects.filter(by_author=True).exists()


def test_what_cannot_be_taken_over_is_not_called_decided(db: None, tmp_path: Path) -> None:
    rows = old()
    rescue(write(tmp_path, rows, "old.sql"), None)
    Series.objects.get(title="Circle").places.all().delete()
    SeriesPlace.objects.filter(series__title__startswith="Mina", position=1).update(confirmed=True)
    row(rows, "inseries", sid=78)["confirmed"] = 0
    run = rescue(write(tmp_path, rows, "newer.sql"), None)
    conflict = run.conflicts.get(field="places")
    with pytest.raises(NotNow):
        resolve_conflict(conflict=conflict, choice="theirs")
    conflict.refresh_from_db()
    assert conflict.resolved == ""


def test_the_same_dump_twice_changes_not_one_row(db: None, tmp_path: Path) -> None:
    path = write(tmp_path, old(), "old.sql")
    rescue(path, None)
    before = everything()
    again = rescue(path, None)
    after = everything()
    assert {table for table in before if before[table] != after[table]} == set()
    assert {what for did in again.report["here"].values() for what in did} <= {
        "unchanged",
        "kept for their owner",
        "left out",
        "held",
        "added",
        "unknown",
    }


def test_undone_it_is_as_if_it_had_never_been(db: None, tmp_path: Path) -> None:
    before = everything()
    run = rescue(write(tmp_path, old(), "old.sql"), None)
    undo(run=Run.objects.get(pk=run.pk))
    after = everything()
    assert {
        table: (len(before[table]), len(after[table])) for table in before if len(before[table]) != len(after[table])
    } == {}
