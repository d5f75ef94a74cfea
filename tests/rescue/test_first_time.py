"""What goes wrong when somebody brings an old site for the first time, and what the pages then say."""

from __future__ import annotations

import getpass
import html
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from rich.console import Console

from fanthology.base import sealed
from fanthology.base.models import LedgerEntry
from fanthology.rescue.command import rescue
from fanthology.rescue.models import Outcome, Run, Site, SourceKey
from fanthology.rescue.report import Account
from fanthology.rescue.staging import folder_of
from fanthology.rescue.table import print_report
from fanthology.rescue.uploads import path_of
from fanthology.works.addresses import work_url
from fanthology.works.models import Work
from fanthology.works.policy import in_words
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
    assert "These are the story files of an eFiction archive" in page
    assert "Add the database (.sql)" in page


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


def story_files() -> bytes:
    rows = old_site.TABLES["chapters"]
    return zipped(*((f"stories/{row['uid']}/{row['chapid']}.txt", b"The lamp burned low.") for row in rows))


def test_files_can_be_added_until_it_is_brought_in(keeper: Client) -> None:
    run = hand_over(keeper, textless())
    page = do(keeper, run, "examine")
    more = reverse("rescue-files", args=[run.pk])
    assert f'action="{more}"' in page
    page = do(keeper, run, "files", files=SimpleUploadedFile("stories.zip", story_files()))
    assert (run.state, run.report) == ("received", {})
    assert "stories.zip" in page
    page = do(keeper, run, "examine")
    assert "The story files are missing" not in page
    assert run.report["tables"]["text files"]["taken"] == len(old_site.TABLES["chapters"])
    page = do(keeper, run, "bring")
    assert run.state == "brought"
    assert f'action="{more}"' not in page
    do(keeper, run, "files", files=SimpleUploadedFile("late.zip", story_files()))
    assert run.state == "brought"
    assert run.uploads.count() == 2
    late = keeper.post("/rescue/uploads/", {"name": "late.zip", "size": 9, "run": run.pk})
    assert (late.status_code, run.uploads.count()) == (400, 2)


def test_a_file_too_many_is_removed(keeper: Client) -> None:
    run = hand_over(keeper, efiction_dump.dump(old_site.TABLES))
    wrong = hand_over(keeper, b"Title: Mine\n\nNot theirs.", "mine.txt")
    upload = wrong.uploads.get()
    assert keeper.post(reverse("rescue-file-remove", args=[run.pk, upload.pk])).status_code == 404
    keeper.post(reverse("rescue-file-remove", args=[wrong.pk, upload.pk]))
    assert not path_of(upload).exists()
    assert not wrong.uploads.exists()
    do(keeper, run, "examine")
    do(keeper, run, "files", files=SimpleUploadedFile("more.txt", b"Words."))
    locked = run.sources[0]["sealed"]
    for held in run.uploads.all():
        keeper.post(reverse("rescue-file-remove", args=[run.pk, held.pk]))
    run.refresh_from_db()
    assert run.sources == []
    assert not sealed.delete(locked), "the sealed copy went with it"


def test_what_brought_nothing_in_can_be_thrown_away(keeper: Client) -> None:
    run = hand_over(keeper, efiction_dump.dump(old_site.TABLES))
    do(keeper, run, "examine")
    do(keeper, run, "basis", basis="owner-permits", note="Mail of 2 May.")
    kept = [entry["sealed"] for entry in run.sources]
    address = reverse("rescue-throw-away", args=[run.pk])
    assert address in keeper.get(reverse("rescue-run", args=[run.pk])).content.decode()
    assert "dump.sql" in keeper.get(address).content.decode()
    assert Run.objects.exists(), "the page only asks"
    assert keeper.post(address).status_code == 302
    assert not Run.objects.exists()
    assert not Site.objects.exists()
    assert not folder_of(run.pk).exists()
    assert kept
    assert not any(sealed.delete(name) for name in kept)
    assert LedgerEntry.objects.filter(verb="rescue thrown away", subject_id=run.pk).exists()


def test_what_came_in_is_undone_and_not_thrown_away(keeper: Client, run: Run) -> None:
    page = keeper.post(reverse("rescue-throw-away", args=[run.pk]), follow=True).content.decode()
    assert "undo it instead" in page
    assert Run.objects.exists()


def test_rescues_without_a_name_are_told_apart_by_their_files(keeper: Client) -> None:
    for name in ("saltwick.sql", "kettleness.sql"):
        hand_over(keeper, efiction_dump.dump(old_site.TABLES), name)
    page = keeper.get("/rescue/").content.decode()
    assert "saltwick.sql" in page
    assert "kettleness.sql" in page


def test_before_the_permission_there_is_nothing_to_tick(keeper: Client) -> None:
    run = hand_over(keeper, efiction_dump.dump(old_site.TABLES))
    do(keeper, run, "examine")
    do(keeper, run, "bring")
    listed = reverse("rescue-works", args=[run.pk])
    page = keeper.get(listed).content.decode()
    assert "by whose permission" in page
    assert 'type="checkbox"' not in page
    do(keeper, run, "basis", basis="owner-moves", note="Mail of 2 May.")
    page = keeper.get(listed).content.decode()
    assert "by whose permission" not in page
    assert 'type="checkbox"' in page
    assert "Publish the chosen ones" in page


def test_a_permission_says_where_it_is_written(keeper: Client) -> None:
    run = hand_over(keeper, efiction_dump.dump(old_site.TABLES))
    do(keeper, run, "examine")
    said = {"basis": "owner-permits", "note": " "}
    refused = keeper.post(reverse("rescue-basis", args=[run.pk]), said, follow=True).content.decode()
    assert "Say where its owner wrote that" in refused
    assert 'value="owner-permits" required checked' in refused, "what was chosen is not asked again"
    assert " checked" not in keeper.get(f"/rescue/{run.pk}/?asked=nonsense").content.decode()
    assert not Site.objects.exclude(basis="").exists()
    do(keeper, run, "basis", basis="no-owner")
    assert Site.objects.get().basis == "no-owner"


@pytest.mark.django_db
@pytest.mark.parametrize(("said", "kept"), [("Mail of 2 May.", "Mail of 2 May."), (None, getpass.getuser())])
def test_a_permission_given_to_the_command_is_recorded_with_its_source(
    tmp_path: Path, said: str | None, kept: str
) -> None:
    assert rescue([old_site.write_dump(tmp_path)], basis="owner-permits", basis_note=said, as_json=True) == 0
    assert kept in Site.objects.get().basis_note


def test_findings_name_chapter_and_story_and_lead_to_the_work(keeper: Client) -> None:
    run = hand_over(keeper, textless())
    page = do(keeper, run, "examine")
    samples = next(found for found in run.report["findings"] if found["code"] == "text.missing")["samples"]
    assert samples[0]["where"].startswith("chapter 1 (")
    assert all(samples.count(sample) == 1 for sample in samples)
    assert f"{samples[0]['title']}, chapter 1 (" in page
    assert "chapters[" not in page
    assert "., in" not in page
    page = do(keeper, run, "bring")
    key = SourceKey.objects.get(kind="work", old_id=samples[0]["story"])
    assert f'<a href="{work_url(key.object_id)}">{samples[0]["title"]}</a>, chapter 1' in page


def test_the_same_finding_is_said_once_on_the_page_of_origin(run: Run) -> None:
    row = Outcome.objects.get(run=run, kind="work", title="The Lamp")
    same = {"code": "text.repaired", "severity": "info", "message": "Letters were repaired.", "after": "é", "count": 1}
    row.findings = [{**same, "where": f"chapters[{place}].text", "before": "Ã©"} for place in range(5)]
    row.findings.append({**same, "message": "Cut off.", "where": "chapters[0].notes", "before": "", "after": ""})
    told = {
        "code": "language.guessed",
        "message": "Told by its words.",
        "where": "language",
        "before": "",
        "after": "de",
    }
    row.findings.append({**same, **told})
    row.save()
    page = Client().get(f"/read/{row.object_id}/origin/")
    if page.status_code != 200:
        page = Client(headers={"cookie": "consent=yes"}).get(f"/read/{row.object_id}/origin/")
    words = page.content.decode()
    assert words.count("Letters were repaired") == 1
    assert "(in 5 chapters)" in words
    assert "(chapter 1, notes)" in words
    assert "chapters[" not in words
    assert "What was found and repaired" in words
    assert re.findall(r'class="level info">(\w+)<', words) == ["repaired", "repaired", "noted"]
    assert '<span class="ex">Deutsch</span>' in words
    assert "Kettleness Light</b> on " in words


def test_our_category_is_told_from_the_old_sites(keeper: Client) -> None:
    run = hand_over(keeper, efiction_dump.dump(old_site.TABLES))
    do(keeper, run, "examine")
    assert "Category (Gen, F/M …)" in keeper.get(reverse("rescue-mapping", args=[run.pk])).content.decode()


def test_a_job_names_its_site_and_says_that_it_stopped(keeper: Client) -> None:
    run = hand_over(keeper, efiction_dump.dump(old_site.TABLES))
    do(keeper, run, "examine")
    do(keeper, hand_over(keeper, b"\x00\x01nothing", "thing.sql"), "examine")
    page = keeper.get("/desk/").content.decode()
    assert "Look through an old site: Kettleness Light" in page
    assert "<td>stopped</td>" in page
    assert "Look through an old site: thing.sql" in page
    assert "It stopped:" in page


def test_what_is_public_and_what_was_held_back_stand_on_the_page(keeper: Client) -> None:
    run = hand_over(keeper, efiction_dump.dump(old_site.TABLES))
    do(keeper, run, "examine")
    assert "http://www.kettleness.example" in do(keeper, run, "basis", basis="owner-moves", note="Mail.")
    page = do(keeper, run, "bring", hosts="http://www.kettleness.example/fic")
    assert "<code>kettleness.example/fic</code> and <code>www.kettleness.example/fic</code>" in page
    page = do(keeper, run, "publish", which="all")
    there = "/moved/?from=Kettleness%20Light"
    assert f'href="{there}"' in page
    assert "The Lamp" in keeper.get(there).content.decode()
    for work in Work.objects.filter(state="held"):
        assert work.title in page
        assert in_words(work.hold_reason) in html.unescape(page)


@pytest.mark.parametrize("count", [1, 2])
def test_the_report_on_a_terminal_counts_right(capsys: pytest.CaptureFixture[str], count: int) -> None:
    told = Account()
    told.totals["stories"] = count
    told.private["members locked out on the old site"] = count
    print_report({**told.as_json(), "published": count}, Console(width=140))
    out = capsys.readouterr().out
    assert f"members locked out on the old site: {count}" in out
    assert f"Published: {count} work{'' if count == 1 else 's'}." in out
    assert f"stories: {count}" in out


def test_a_dump_and_its_texts_may_both_be_packed(keeper: Client) -> None:
    """What a host hands over, more often than not: `database.zip` and `stories.zip`."""
    tables = old_site.tables()
    for number, row in enumerate(tables["chapters"]):
        row["storytext"] = ""
        row["chapid"] = 700 + number
    dump = zipped(("backup/site.sql", efiction_dump.dump(tables)))
    texts = zipped(
        *((f"stories/{row['uid']}/{row['chapid']}.txt", b"The lamp burned low.") for row in tables["chapters"])
    )
    run = hand_over(keeper, dump, "database.zip")
    keeper.post(f"/rescue/{run.pk}/files/", {"files": SimpleUploadedFile("stories.zip", texts)})
    page = do(keeper, run, "examine")
    run.refresh_from_db()
    assert run.kind == "efiction", run.error
    assert run.report["tables"]["text files"]["taken"] == len(tables["chapters"])
    assert "The story files are missing" not in page
