"""What goes wrong when somebody brings an old site for the first time, and what the pages then say."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fanthology.rescue.models import Run
from tests import efiction_dump, factories
from tests.rescue import old_site
from tests.rescue.test_pages import do, hand_over
from tests.rescue.test_traps import zipped


@pytest.fixture
def keeper(db: None) -> Client:
    client = Client()
    client.force_login(factories.make_keeper())
    return client


def textless() -> bytes:
    """The dump of a site that kept its chapters as files."""
    tables = old_site.tables()
    for row in tables["chapters"]:
        row["storytext"] = ""
    return efiction_dump.dump(tables)


def test_an_empty_file_is_called_empty(keeper: Client) -> None:
    answer = keeper.post("/rescue/new/", {"files": SimpleUploadedFile("empty.sql", b"")})
    assert answer.status_code == 400
    assert "empty.sql is empty" in answer.content.decode()
    assert not Run.objects.exists()


def test_story_files_alone_are_told_to_come_with_their_database(keeper: Client) -> None:
    run = hand_over(keeper, zipped(("stories/2/7.txt", b"The lamp burned low.")), "stories.zip")
    page = do(keeper, run, "examine")
    assert "holds no database dump" in page
    assert "add the database (.sql)" in page


def test_where_nothing_can_be_read_the_page_says_so(keeper: Client) -> None:
    run = hand_over(keeper, b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "photo.png")
    page = do(keeper, run, "examine")
    assert run.state == "examined"
    assert "Nothing here could be read" in page
    assert "photo.png" in page
    assert "Every row accounted for" in page
    assert "Bring it in</button>" not in page


def test_story_files_that_were_not_handed_over_are_asked_for(keeper: Client) -> None:
    page = do(keeper, hand_over(keeper, textless()), "examine")
    assert "The story files are missing: add them" in page
    assert "1 place could not be saved" in page, "only what the old site had lost itself"


def test_a_dump_cut_off_is_asked_for_again(keeper: Client) -> None:
    whole = efiction_dump.dump(old_site.TABLES)
    page = do(keeper, hand_over(keeper, whole[: whole.rindex(b"INSERT") + 60]), "examine")
    assert "The dump is cut off: ask for it again" in page
    assert "1 place could not be saved" in page, "only what the old site had lost itself"
