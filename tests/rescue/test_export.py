"""The keeper's export is the whole archive: under the old ids, in the old words, with what readers said."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fanthology.formats.transforms import story_from_dict, story_to_dict
from fanthology.rescue.export import json_lines
from fanthology.rescue.models import TagMapping
from fanthology.reviews.models import Review
from fanthology.tags.models import Kind
from fanthology.works.editions import build
from fanthology.works.models import Work
from fanthology.works.stories import story_of
from tests.factories import make_review, make_work
from tests.rescue import old_site

pytestmark = pytest.mark.django_db
Named = Callable[[str], Work]
Exported = dict[str, dict[str, Any]]


def exported() -> Exported:
    out = io.BytesIO()
    number = json_lines(out)
    stories = [json.loads(line) for line in out.getvalue().splitlines()]
    assert len(stories) == number
    return {story["title"]: story for story in stories}


@pytest.fixture
def stories(tmp_path: Path) -> Exported:
    """The old site, whose warnings bear names of its own: one of them the archive's in other words, one nobody else's."""
    rows = old_site.tables()
    rows["classes"][1]["class_name"] = "Death of a Main Character"
    rows["classes"].append({"class_id": 3, "class_type": 2, "class_name": "Wet Feet"})
    rows["stories"][0]["classes"] = "1,2,3"
    old_site.rescue(old_site.write_dump(tmp_path, rows))
    return exported()


def test_the_old_ids_and_the_old_software_come_along(stories: Exported) -> None:
    lamp = stories["The Lamp"]
    assert lamp["source"]["ids"] == {"sid": "7"}
    assert lamp["source"]["software"] == "efiction 3.5.8"
    assert lamp["source"]["url"] == "http://www.kettleness.example/viewstory.php?sid=7"
    assert [chapter["source_ids"]["chapid"] for chapter in lamp["chapters"]] == ["21", "22", "23"]
    assert set(stories) == {"The Lamp", "The Rope", "Unseen", "Nobody's", "Empty"}


def test_what_readers_said_comes_along_with_the_answers(stories: Exported) -> None:
    first, second = stories["The Lamp"]["reviews"]
    assert first == {
        "author": "Only Reads",
        "signed": True,
        "date": "2004-11-15T11:33:20Z",
        "chapter": 1,
        "text": "<p>Lovely.</p>",
        "stars": 9,
        "replies": [
            {
                "author": "Annis",
                "signed": True,
                "date": None,
                "chapter": 1,
                "text": "<p>Thank you.</p>",
                "stars": None,
                "replies": [],
            }
        ],
    }
    assert (second["author"], second["signed"], second["chapter"], second["stars"]) == ("Annis", False, 2, None)


def test_the_old_words_of_warnings_stand_beside_ours(stories: Exported, work: Named) -> None:
    lamp = stories["The Lamp"]
    assert lamp["warnings"] == ["Major Character Death"]
    assert set(lamp["warnings_as_written"]) == {"Death of a Main Character", "Wet Feet"}
    assert "Archive Warnings: Major Character Death, Wet Feet\n" in build(work("The Lamp"), "txt").decode()


def test_a_class_that_the_keeper_made_a_warning_is_one_and_no_warning_else(
    stories: Exported, tmp_path: Path, work: Named
) -> None:
    def becomes(name: str, kind: int, ours: str) -> None:
        TagMapping.objects.filter(old_name=name).update(kind_id=kind, name=ours, tag=None, by_keeper=True)

    becomes("Mystery", Kind.WARNING, "Graphic Depictions Of Violence")
    becomes("Wet Feet", Kind.ADDITIONAL, "Wet Feet")
    rows = old_site.tables()
    rows["classes"][1]["class_name"] = "Death of a Main Character"
    rows["classes"].append({"class_id": 3, "class_type": 2, "class_name": "Wet Feet"})
    rows["stories"][0].update(classes="1,2,3", summary="It goes out again.")
    old_site.rescue(old_site.write_dump(tmp_path, rows, name="newer.sql"))
    lamp = exported()["The Lamp"]
    assert set(lamp["warnings"]) == {"Major Character Death", "Graphic Depictions Of Violence"}
    assert set(lamp["warnings_as_written"]) == {"Death of a Main Character", "Mystery"}
    assert "Wet Feet" in lamp["additional_tags"]
    assert lamp["source"]["ids"] == {"sid": "7"}


def test_what_is_hidden_or_held_is_not_said_and_nobody_is_unmasked(stories: Exported, work: Named) -> None:
    lamp = work("The Lamp")
    Review.objects.filter(text__contains="same name").update(state="hidden")
    Work.objects.filter(pk=lamp.pk).update(anonymous=True)
    found = exported()["The Lamp"]
    (said,) = found["reviews"]
    assert (said["author"], said["replies"][0]["author"], said["replies"][0]["signed"]) == (
        "Only Reads",
        "Anonymous",
        False,
    )
    assert "Annis" not in json.dumps(found)
    assert found["source"] == {**found["source"], "url": None, "software": None, "ids": {"work": str(lamp.pk)}}
    assert all(list(chapter["source_ids"]) == ["chapter"] for chapter in found["chapters"])


def test_a_review_of_a_chapter_in_the_bin_stays_there_and_the_others_keep_their_number(
    run: object, work: Named
) -> None:
    lamp = work("The Lamp")
    lamp.chapters.filter(title="Wick").update(state="binned")
    assert [said["chapter"] for said in exported()["The Lamp"]["reviews"]] == [1]


def test_a_work_of_this_archive_has_our_ids(run: object) -> None:
    mine = make_work("Written here", warnings=["Major Character Death", "Moths"])
    source = story_of(mine).source
    assert (source.ids, source.software) == ((("work", str(mine.pk)),), None)
    story = story_of(mine)
    assert (story.warnings, story.warnings_as_written) == (("Major Character Death",), ("Moths",))


def test_every_line_is_read_back_as_it_was(stories: Exported) -> None:
    for story in stories.values():
        assert story_to_dict(story_from_dict(story)) == story


def test_a_batch_costs_the_same_whatever_hangs_on_it(run: object) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            exported()
        return len(captured)

    before = queries()
    for number in range(12):
        work = make_work(f"More {number}", chapters=2, rated="Mature")
        for _ in range(3):
            make_review(work)
    assert queries() == before
