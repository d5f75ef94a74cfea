"""The keeper's way through the pages, without JavaScript; and everybody else's nothing."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fanthology.base.models import Archive, Job
from fanthology.base.worker import drain
from fanthology.rescue.models import Run, TagMapping, Upload
from fanthology.rescue.staging import clear, folder_of
from fanthology.rescue.uploads import path_of
from fanthology.works.models import Work
from tests import efiction_dump, factories
from tests.rescue import old_site


@pytest.fixture
def keeper(db: None) -> Client:
    client = Client()
    client.force_login(factories.make_keeper())
    return client


def hand_over(keeper: Client, data: bytes, name: str = "dump.sql", **fields: str) -> Run:
    answer = keeper.post("/rescue/new/", {"files": SimpleUploadedFile(name, data), **fields})
    assert answer.status_code == 302
    return Run.objects.latest("id")


def do(keeper: Client, run: Run, step: str, **fields: object) -> str:
    """One step and the jobs it starts; returns the run's page afterwards."""
    answer = keeper.post(reverse(f"rescue-{step}", args=[run.pk]), fields)
    assert answer.status_code == 302, answer.content
    drain(["long"])
    run.refresh_from_db()
    page = keeper.get(reverse("rescue-run", args=[run.pk]))
    assert page.status_code == 200
    return page.content.decode()


def test_the_whole_way(keeper: Client) -> None:
    run = hand_over(keeper, efiction_dump.dump(old_site.TABLES))
    open_file = path_of(run.uploads.get())
    assert open_file.exists()
    page = do(keeper, run, "examine")
    assert run.state == "examined"
    assert not Work.objects.exists()
    assert "Nobody has said yet by what right" in page
    assert "e-mail addresses: 4" in page
    assert "keeper@kettleness.example" not in page
    assert not open_file.exists()
    assert run.sources
    assert run.purge_sources_on
    table = keeper.get(reverse("rescue-mapping", args=[run.pk])).content.decode()
    assert 'value="Mystery"' in table
    keeper.post(
        reverse("rescue-mapping", args=[run.pk]),
        {"kind-classes-1": "", "name-classes-1": "Mystery", "name-ratings-1": "Mature"},
    )
    assert TagMapping.objects.get(source="classes", old_id="1").kind is None
    do(keeper, run, "basis", basis="owner-moves", note="Mail of 2 May.")
    page = do(keeper, run, "bring", hosts="http://www.kettleness.example old.kettleness.example/fic")
    assert run.state == "brought"
    assert "3 works are ready" in page
    assert "1 needs you" in page
    lamp = Work.objects.get(title="The Lamp")
    assert lamp.rating
    assert lamp.rating.name == "Mature"
    assert "Mystery" not in lamp.work_tags.values_list("tag__name", flat=True)
    listed = keeper.get(reverse("rescue-works", args=[run.pk])).content.decode()
    assert f'value="{lamp.pk}"' in listed
    do(keeper, run, "publish", which="chosen", work=[lamp.pk])
    assert list(Work.objects.posted()) == [lamp]
    page = do(keeper, run, "publish", which="first")
    assert run.state == "published"
    assert "Everything that may be public is public" in page
    assert keeper.get(reverse("rescue-report", args=[run.pk])).json()["balanced"]
    assert Client().get(f"/read/{lamp.pk}/origin/").status_code in (200, 403)
    assert "Undo it" in keeper.get(reverse("rescue-undo", args=[run.pk])).content.decode()
    page = do(keeper, run, "undo")
    assert run.state == "undone"
    assert not Work.objects.exists()
    assert "5 works were taken back" in page
    assert not folder_of(run.pk).exists()


def test_where_a_work_came_from(keeper: Client, run: Run) -> None:
    nobodys = Work.objects.get(title="Nobody's")
    page = keeper.get(f"/read/{nobodys.pk}/origin/", follow=True)
    if "Where this came from" not in page.content.decode():
        keeper.post("/consent/", {"next": f"/read/{nobodys.pk}/origin/", "consent": "yes"})
        page = keeper.get(f"/read/{nobodys.pk}/origin/")
    words = page.content.decode()
    assert "Kettleness Light" in words
    assert "viewstory.php?sid=10" in words
    assert "An author of this story is not in the dump" in words
    assert keeper.get(f"/read/{factories.make_work('Ours').pk}/origin/").status_code == 404


def test_a_piece_at_a_time_goes_on_where_it_stopped(keeper: Client) -> None:
    data = efiction_dump.dump(old_site.TABLES)
    place = keeper.post("/rescue/uploads/", {"name": "../../dump.sql", "size": len(data)}).json()
    half = len(data) // 2

    def put(offset: int, piece: bytes) -> tuple[int, dict]:
        answer = keeper.put(f"{place['url']}?offset={offset}", piece, content_type="application/octet-stream")
        return answer.status_code, answer.json()

    assert put(0, data[:half]) == (200, {"received": half, "size": len(data)})
    assert put(0, data[:half])[0] == 409
    assert put(half + 1, b"x") == (409, {"received": half, "size": len(data)})
    again = keeper.post("/rescue/uploads/", {"name": "../../dump.sql", "size": len(data), "run": place["run"]}).json()
    assert (again["url"], again["received"]) == (place["url"], half)
    assert keeper.get(place["url"]).json()["received"] == half
    assert put(half, data[half:] + b"more")[0] == 400
    assert put(half, data[half:])[1]["received"] == len(data)
    upload = Upload.objects.get()
    assert path_of(upload).read_bytes() == data
    assert upload.name == "dump.sql"
    do(keeper, Run.objects.get(), "examine")
    assert Run.objects.get().state == "examined"


def test_several_sites_are_offered_and_one_is_chosen(keeper: Client) -> None:
    other = old_site.tables()
    other["settings"] = [{"sitename": "Other", "url": "http://other.example", "tableprefix": "two_"}]
    run = hand_over(keeper, efiction_dump.dump(old_site.TABLES) + efiction_dump.dump(other, prefix="two_"))
    page = do(keeper, run, "examine")
    assert run.state == "received"
    assert 'value="two_"' in page
    page = do(keeper, run, "examine", prefix="two_")
    assert run.state == "examined"
    assert "<h1>Other</h1>" in page


def test_a_dump_in_two_files_is_read_as_one(keeper: Client) -> None:
    tables = old_site.tables()
    first = {name: tables.pop(name) for name in ("stories", "chapters", "settings")}
    files = [SimpleUploadedFile(name, efiction_dump.dump(part)) for name, part in (("a.sql", first), ("b.sql", tables))]
    assert keeper.post("/rescue/new/", {"files": files}).status_code == 302
    run = Run.objects.get()
    do(keeper, run, "examine")
    assert run.state == "examined"
    assert (run.report["totals"]["stories"], run.report["totals"]["people"]) == (5, 4)
    assert len(run.sources) == 2


def test_what_is_brought_in_once_more_comes_once(keeper: Client) -> None:
    run = hand_over(keeper, efiction_dump.dump(old_site.TABLES))
    do(keeper, run, "examine")
    do(keeper, run, "bring")
    keeper.post(reverse("rescue-mapping", args=[run.pk]), {"kind-classes-1": "", "name-classes-1": "Mystery"})
    page = do(keeper, run, "bring", hosts="lamps.example/old")
    assert run.state == "brought"
    assert "lamps.example/old" in page
    assert Work.objects.count() == 5
    assert "Mystery" not in Work.objects.get(title="The Lamp").work_tags.values_list("tag__name", flat=True)
    clear(run.pk)
    page = do(keeper, run, "bring")
    assert run.state == "brought", "what came in stays where it was"
    assert "no longer put by" in page


def test_what_is_no_dump_is_said_plainly(keeper: Client) -> None:
    run = hand_over(keeper, b"\x00\x01nothing", "thing.sql")
    page = do(keeper, run, "examine")
    assert run.state == "received"
    assert run.error
    assert "It stopped:" in page


def test_loose_pages_come_in_too(keeper: Client) -> None:
    run = hand_over(
        keeper,
        b"<html><head><title>The Weir</title></head><body><p>The weir had frozen over.</p></body></html>",
        "weir.html",
        site="Leaves",
    )
    do(keeper, run, "examine")
    do(keeper, run, "basis", basis="owner-permits", note="Mail.")
    do(keeper, run, "bring")
    assert Work.objects.get().origin == "Leaves"


def test_nothing_is_published_without_a_basis_by_the_page(keeper: Client) -> None:
    run = hand_over(keeper, efiction_dump.dump(old_site.TABLES))
    do(keeper, run, "examine")
    do(keeper, run, "bring")
    page = do(keeper, run, "publish", which="all")
    assert "Say first by what right" in page
    assert not Work.objects.posted().exists()


def test_the_desk(keeper: Client, run: Run) -> None:
    failed = Job.objects.create(name="rescue.examine", state="failed", finished_at=run.made_at, error="It broke.")
    page = keeper.get("/desk/").content.decode()
    assert "Kettleness Light" in page
    assert "It broke." in page
    assert "3 works public" in page
    keeper.post(f"/desk/jobs/{failed.pk}/retry/")
    failed.refresh_from_db()
    assert failed.state == "queued"
    keeper.post(f"/desk/jobs/{failed.pk}/cancel/")
    failed.refresh_from_db()
    assert failed.state == "cancelled"
    keeper.post("/desk/settings/", {"name": "The Shelf", "tagline": "", "review_word": "comments"})
    assert (Archive.current().name, Archive.current().review_word) == ("The Shelf", "comments")
    keeper.post("/desk/check/")
    drain(["long"])
    assert f"Looked {timezone.localtime():%-d %B %Y}, " in keeper.get("/desk/").content.decode()


KEEPERS = [
    "/rescue/",
    "/rescue/new/",
    "/desk/",
    "/rescue/{run}/",
    "/rescue/{run}/mapping/",
    "/rescue/{run}/works/",
    "/rescue/{run}/undo/",
    "/rescue/{run}/report.json",
]


@pytest.mark.parametrize("who", ["guest", "member"])
def test_to_everybody_else_there_is_nothing_here(run: Run, who: str) -> None:
    client = Client()
    if who == "member":
        client.force_login(factories.make_member("reader"))
    nowhere = client.get("/rescue-that-never-was/")
    for address in KEEPERS:
        answer = client.get(address.format(run=run.pk))
        if who == "guest":
            assert answer["Location"] == f"/account/login/?next={address.format(run=run.pk)}"
        else:
            assert (answer.status_code, answer.content) == (404, nowhere.content), address
    for address in ("examine", "basis", "bring", "publish", "undo", "files", "files/1/remove", "throw-away", "mapping"):
        assert client.post(f"/rescue/{run.pk}/{address}/").status_code == 404
    for address in ("/rescue/uploads/", "/desk/check/", "/desk/settings/", "/desk/jobs/1/cancel/"):
        assert client.post(address).status_code == 404


def test_forms_need_their_token(run: Run) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.make_keeper())
    for address in (f"/rescue/{run.pk}/undo/", "/rescue/uploads/", "/desk/settings/"):
        assert client.post(address, {"force": "1"}).status_code == 403
