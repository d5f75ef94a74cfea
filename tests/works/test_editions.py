"""Downloads: built once for each version, the same bytes for the same version, and nothing in them that is not public."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest

from fanthology.base.models import Blob
from fanthology.formats import Markup, read
from fanthology.people.actions import add_unclaimed_pen_names
from fanthology.people.models import PenName
from fanthology.tags.actions import find_or_add
from fanthology.tags.models import Kind, Tag
from fanthology.works import actions
from fanthology.works.access import State
from fanthology.works.editions import FORMATS, build, edition_of, partial_md5
from fanthology.works.models import Edition, Series, Work
from fanthology.works.stories import story_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def work() -> Work:
    (author,) = add_unclaimed_pen_names(newcomers=[PenName(name="Mina Secret", origin="Saltwick")])
    tags = [
        (Kind.FANDOM, "Dracula"),
        (Kind.RELATIONSHIP, "Lucy & Mina"),
        (Kind.ADDITIONAL, "Fog"),
        (Kind.WARNING, "Major Character Death"),
    ]
    return actions.add_work(
        header=actions.Header(
            title="The Lamp",
            summary="<p>One winter.</p>",
            language="en",
            rating=Tag.objects.get(kind_id=Kind.RATING, name="Mature"),
            origin="Saltwick",
            published="2003-11",
            complete=True,
            labels=(("Setting", "Whitby"),),
        ),
        authors=[author],
        tags=[actions.Tagged(find_or_add(kind=kind, name=name), name.upper()) for kind, name in tags],
        chapters=[
            actions.NewChapter(1, Markup("<p>It is lit.</p>"), title="Oil", word_count=3),
            actions.NewChapter(2, Markup("<p>Hidden words.</p>"), word_count=2, state=State.HIDDEN),
            actions.NewChapter(3, Markup("<p>It goes out.</p>"), word_count=3),
        ],
        state=State.POSTED,
    )


def test_a_story_says_what_the_work_says(work: Work) -> None:
    series = Series.objects.create(title="Harbour Lights")
    actions.set_series_places(series=series, places=[(work, True)])
    story = story_of(work)
    assert [author.name for author in story.authors] == ["Mina Secret"]
    assert (story.fandoms, story.relationships, story.additional_tags) == (("DRACULA",), ("LUCY & MINA",), ("FOG",))
    assert story.warnings_as_written == ("MAJOR CHARACTER DEATH",)
    assert (story.rating, story.warnings, story.published, story.complete) == (
        "Mature",
        ("Major Character Death",),
        "2003-11",
        True,
    )
    assert [(chapter.position, chapter.title) for chapter in story.chapters] == [(1, "Oil"), (2, "")]
    assert [place.title for place in story.series] == ["Harbour Lights"]
    assert story.labels == (("Setting", "Whitby"),)
    assert "Hidden" not in "".join(chapter.text for chapter in story.chapters)
    assert len(story_of(work, all_chapters=True).chapters) == 3


def test_a_nameless_author_stays_nameless_in_every_format(work: Work) -> None:
    Work.objects.filter(pk=work.pk).update(anonymous=True)
    work.refresh_from_db()
    for extension in FORMATS:
        data = build(work, extension)
        if extension == "epub":
            book = zipfile.ZipFile(io.BytesIO(data))
            data = b"".join(book.read(name) for name in book.namelist())
        assert b"Secret" not in data
        assert b"Anonymous" in data


@pytest.mark.parametrize("extension", FORMATS)
def test_the_same_version_is_the_same_file(work: Work, extension: str) -> None:
    edition, first = edition_of(work, extension)
    again, second = edition_of(work, extension)
    assert (edition.pk, first) == (again.pk, second)
    assert edition.sha256 == hashlib.sha256(first).hexdigest()
    Edition.objects.update(blob=None)
    Blob.objects.all().delete()
    rebuilt, third = edition_of(work, extension)
    assert (rebuilt.pk, third) == (edition.pk, first)
    assert rebuilt.blob_id is not None


def test_a_new_version_is_a_new_file_and_the_old_digest_is_remembered(work: Work) -> None:
    old, _ = edition_of(work, "epub")
    actions.revise_chapter(
        chapter=work.chapters.get(position=1), new=actions.NewChapter(1, Markup("<p>Lit again.</p>"), word_count=2)
    )
    work.refresh_from_db()
    new, data = edition_of(work, "epub")
    assert new.partial_md5 != old.partial_md5
    assert set(Edition.objects.values_list("partial_md5", flat=True)) == {old.partial_md5, partial_md5(data)}


def test_what_was_downloaded_can_be_read_back(work: Work) -> None:
    story = read(build(work, "json"), name="lamp.json").stories[0]
    assert (story.title, story.word_count, len(story.chapters)) == ("The Lamp", 6, 2)


def test_the_partial_digest_is_the_readers_own() -> None:
    small, large = b"a" * 100, bytes(range(256)) * 40
    assert partial_md5(small) == hashlib.md5(small, usedforsecurity=False).hexdigest()
    pieces = large[0:1024] + large[1024:2048] + large[4096:5120]
    assert partial_md5(large) == hashlib.md5(pieces, usedforsecurity=False).hexdigest()
