"""Private things by any channel: a rescued site is crawled as a guest and as a member would, and nothing of it is found.

The secrets of the small site are made of words that stand nowhere else; those of the shared site are read from its dump.
"""

from __future__ import annotations

import io
import json
import logging
import re
import zipfile
from collections import Counter, deque
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

import pytest
from django.test import Client

from fanthology.formats import open_dump
from fanthology.reading import chapters
from fanthology.rescue.actions import bring_stream, record_basis, site_for, start_run
from fanthology.rescue.export import json_lines
from fanthology.rescue.models import FormerMember, Run
from fanthology.rescue.publish import publish
from fanthology.rescue.sources import Source
from fanthology.search import index
from fanthology.works.access import GUEST
from fanthology.works.counts import recount_tags
from fanthology.works.models import Work
from tests.factories import make_member, make_review, make_work
from tests.rescue import old_site

pytestmark = pytest.mark.django_db
SHARED = Path(__file__).parents[3] / "shared" / "data" / "efiction"
MOST_PAGES = 400
MOST_FILTERS = 6

PRIVATE = {
    "e-mail": "zyxmail@quay.example",
    "e-mail in a bio": "zyxbio@quay.example",
    "e-mail in a note": "zyxnote@quay.example",
    "e-mail of a reviewer": "zyxreview@quay.example",
    "e-mail in the news": "zyxnews@quay.example",
    "e-mail of the site": "zyxsite@quay.example",
    "legal name": "Zyxlegal Realname",
    "password": "5f4dcc3b5aa765d61d8327deb882cf99",
    "address of a computer": "203.0.113.77",
    "ICQ number": "667788990",
    "AIM name": "zyxaimname",
    "Yahoo name": "zyxyahooname",
    "birthday": "1971-02-29",
    "text of a letter": "Zyxletter",
    "mail password of the site": "zyxsmtp",
    "comment on a favourite": "Zyxfavourite",
    "shout": "Zyxshout",
}
IN_PROSE = "zyxtext@quay.example"
"""In the text of a story an address may be part of the story: it stands as written, and the keeper is told."""
NOT_YET = {
    "title not validated": "Zyxhiddentitle",
    "summary not validated": "Zyxhiddensummary",
    "text not validated": "Zyxhiddentext",
    "chapter not validated": "Zyxhiddenchapter",
    "words of a chapter not validated": "Zyxchapterwords",
    "note of a chapter not validated": "Zyxchapternote",
    "review of a chapter not validated": "Zyxchapterreview",
    "tag of a story not validated": "Zyxhiddentag",
}
FOR_MEMBERS = {"title for members": "Zyxmemberstitle", "text for members": "Zyxmemberstext"}


def tables() -> dict[str, list[dict[str, Any]]]:
    rows = old_site.tables()
    rows["settings"][0] |= {
        "siteemail": PRIVATE["e-mail of the site"],
        "smtp_password": "zyxsmtp",
        "smtp_username": "zyxsmtp",
    }
    annis = rows["authors"][1]
    annis |= {
        "email": PRIVATE["e-mail"], "realname": PRIVATE["legal name"], "password": PRIVATE["password"],
        "bio": f"Write to {PRIVATE['e-mail in a bio']} or AIM: {PRIVATE['AIM name']}.",
    }  # fmt: skip
    rows["authorfields"] = [
        {"field_id": number, "field_type": 1, "field_name": name, "field_title": name, "field_on": 1}
        for number, name in enumerate(("ICQ", "AIM", "Yahoo", "Birthday"), start=1)
    ]
    rows["authorinfo"] = [
        {"uid": 2, "field": number, "info": PRIVATE[kind]}
        for number, kind in enumerate(("ICQ number", "AIM name", "Yahoo name", "birthday"), start=1)
    ]
    rows["log"] = [
        {
            "log_id": 1,
            "log_action": f"Annis came from {PRIVATE['address of a computer']}",
            "log_uid": 2,
            "log_ip": 1,
            "log_timestamp": 1,
            "log_type": "RG",
        }
    ]
    rows["poll_votes"] = [{"vote_id": 1, "vote_user": 2, "vote_opt": 1, "vote_poll": 1}]
    rows["messages"].append(
        {
            "message_id": 2,
            "message_name": "welcome",
            "message_title": "Zyxletter",
            "message_text": "<p>Zyxletter {penname}</p>",
        }
    )
    rows["shoutbox"] = [{"shout_id": 1, "shout_name": "2", "shout_message": "Zyxshout", "shout_datestamp": 1}]
    rows["favorites"].append({"uid": 2, "item": 8, "type": "ST", "comments": "Zyxfavourite"})
    rows["news"][0]["story"] += f" Ask {PRIVATE['e-mail in the news']} about it."
    rows["classes"].append({"class_id": 9, "class_type": 1, "class_name": "Zyxhiddentag"})
    lamp, unseen = rows["stories"][0], rows["stories"][2]
    lamp["storynotes"] = f"Thanks to {PRIVATE['e-mail in a note']}."
    unseen |= {"title": "Zyxhiddentitle", "summary": "Zyxhiddensummary", "classes": "9", "challenges": "1"}
    rows["inseries"].append({"seriesid": 1, "sid": 9, "subseriesid": 0, "inorder": 3})
    for chapter in rows["chapters"]:
        if chapter["chapid"] == 21:
            chapter["storytext"] += f"<p>Feedback: {IN_PROSE}</p>"
        if chapter["chapid"] == 23:
            chapter |= {"title": "Zyxhiddenchapter", "storytext": "<p>Zyxchapterwords</p>", "notes": "Zyxchapternote"}
        if chapter["chapid"] == 41:
            chapter |= {"title": "Zyxhiddentitle", "storytext": "<p>Zyxhiddentext</p>"}
    rows["reviews"] += [
        {
            "reviewid": 90,
            "item": 7,
            "chapid": 23,
            "type": "ST",
            "uid": 4,
            "reviewer": "Only Reads",
            "review": "Zyxchapterreview",
            "rating": 9,
        },
        {
            "reviewid": 91,
            "item": 7,
            "chapid": 21,
            "type": "ST",
            "uid": 0,
            "reviewer": PRIVATE["e-mail of a reviewer"],
            "review": "Good.",
            "rating": 9,
        },
    ]
    rows["ratings"].append({"rid": 7, "rating": "Closed", "ratingwarning": 4, "warningtext": ""})
    rows["stories"].append(
        {
            "sid": 12,
            "title": "Zyxmemberstitle",
            "summary": "For friends.",
            "uid": 3,
            "rid": "7",
            "catid": "2",
            "date": old_site.STARTED,
            "updated": old_site.STARTED,
        }
    )
    rows["chapters"].append(
        {"chapid": 71, "sid": 12, "uid": 3, "inorder": 1, "title": "One", "storytext": "<p>Zyxmemberstext</p>"}
    )
    return rows


def crawl(client: Client) -> dict[str, str]:
    """Every address that can be reached from the front door and the maps, with what came back, headers and all."""
    client.cookies["adults"] = "yes"
    seen: dict[str, str] = {}
    lists: Counter[str] = Counter()
    waiting = deque(
        [
            "/",
            "/sitemap.xml",
            "/sitemap/",
            "/robots.txt",
            "/feeds/",
            "/moved/",
            "/read/authors/",
            "/read/series/",
            "/fandoms/",
            "/browse/",
        ]
    )
    waiting.extend(
        f"/read/{pk}/{tail}"
        for pk in Work.objects.values_list("pk", flat=True)
        for tail in ("", "all/", "reviews/", "origin/")
    )
    waiting.extend(
        f"/read/{pk}.{ending}"
        for pk in Work.objects.values_list("pk", flat=True)
        for ending in ("epub", "html", "txt", "json")
    )
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.popleft()
        if path in seen:
            continue
        answer = client.get(path)
        assert answer.status_code < 500, path
        body = b"" if answer.streaming else answer.content
        if answer.headers.get("Content-Type") == "application/epub+zip":
            with zipfile.ZipFile(io.BytesIO(body)) as book:
                body = b"\n".join(name.encode() + b"\n" + book.read(name) for name in book.namelist())
        text = body.decode("utf-8", "replace")
        seen[path] = "\n".join([*(f"{name}: {value}" for name, value in answer.items()), unescape(text), text])
        found = re.findall(r'(?:href|src)="([^"]+)"|<loc>([^<]+)</loc>', text)
        links = [unescape(first or second) for first, second in found] + [answer.get("Location", "")]
        for link in links:
            parts = urlsplit(urldefrag(link).url)
            here = not parts.netloc or parts.netloc in ("testserver", "127.0.0.1:8000")
            if not here or not parts.path.startswith("/") or parts.path.startswith(("/static/", "/account/login/")):
                continue
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            # Filters can be combined without end; some of each list are enough.
            if path not in seen and path not in waiting and (not parts.query or lists[parts.path] < MOST_FILTERS):
                lists[parts.path] += bool(parts.query)
                waiting.append(path)
    return seen


def leaks(pages: dict[str, str], secrets: dict[str, str]) -> list[str]:
    return [
        f"{kind} at {path}"
        for path, page in pages.items()
        for kind, word in secrets.items()
        if word.casefold() in page.casefold()
    ]


@pytest.fixture
def rescued(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    old_site.rescue(old_site.write_dump(tmp_path, tables()))
    recount_tags()
    index.rebuild()
    return caplog


def test_nothing_private_of_a_rescued_site_comes_out(rescued: pytest.LogCaptureFixture) -> None:
    assert FormerMember.objects.filter(email=PRIVATE["e-mail"]).exists(), "kept, privately"
    assert "private.in-text" in [finding["code"] for finding in Run.objects.get().report["findings"]], (
        "the keeper knows"
    )
    assert Work.objects.filter(title="Zyxhiddentitle").exists(), "here, unseen"
    member = Client()
    member.force_login(make_member("reader"))
    pages = crawl(Client())
    assert len(pages) > 60
    assert any("The lamp burned low" in page for path, page in pages.items() if path.endswith(".epub")), (
        "the crawl reads books"
    )
    assert leaks(pages, PRIVATE | NOT_YET | FOR_MEMBERS) == []
    pages = crawl(member)
    assert leaks(pages, PRIVATE | NOT_YET) == []
    assert leaks(pages, FOR_MEMBERS), "members do read what is for members"
    for secret in (PRIVATE | NOT_YET).values():
        for client in (Client(), member):
            client.cookies["adults"] = "yes"
            page = client.get("/browse/", {"q": f'"{secret}"'}).content.decode()
            assert "Nothing here fits" in page, secret
            page = client.get("/read/authors/", {"q": secret}).content.decode()
            assert "/read/authors/annis" not in page.casefold(), secret
    assert leaks({"the log": rescued.text}, PRIVATE | NOT_YET) == []


def test_the_keepers_export_holds_nothing_private_and_marks_what_is_not_public(
    rescued: pytest.LogCaptureFixture,
) -> None:
    """A keeper takes the whole archive along: hidden works too, but marked, and never what was private on the old site."""
    out = io.BytesIO()
    assert json_lines(out) == Work.objects.count()
    stories = [json.loads(line) for line in out.getvalue().splitlines()]
    assert leaks({"export": out.getvalue().decode()}, PRIVATE) == []
    marks = {story["title"]: dict(story["labels"]) for story in stories}
    assert marks["Zyxhiddentitle"]["State in the archive"] == "hidden"
    assert marks["Zyxmemberstitle"]["Audience in the archive"] == "members"
    assert marks["The Lamp"]["Chapters not posted"] == "3"
    assert "State in the archive" not in marks["The Lamp"]


def test_an_anonymous_author_is_in_no_channel(rescued: pytest.LogCaptureFixture) -> None:
    from fanthology.formats.markup import clean
    from fanthology.tags.models import Tag
    from fanthology.works.actions import NewChapter
    from tests.factories import make_pen_name, make_series

    author = make_pen_name("Zyxnameless", person=make_member("zyxlogin"))
    work = make_work(
        "By Nobody",
        authors=[author],
        anonymous=True,
        is_round_robin=True,
        origin_url="http://old.example/viewuser.php?penname=Zyxnameless",
        chapters=[
            NewChapter(
                place, clean(f"<p>Part {place}.</p>")[0], title=f"Hand {place}", contributor=author, word_count=2
            )
            for place in (1, 2)
        ],
    )
    review = make_review(work, "Who are you?")
    make_review(work, "I shall not say.", parent=review, pen_name=author, by_author=True)
    make_series("Masks", held=[work])
    recount_tags()
    index.rebuild()
    assert Tag.objects.exists()
    assert chapters.contents_of(work.pk, GUEST, is_author=False).rows[0].contributor == ""
    member = Client()
    member.force_login(make_member("reader"))
    for client in (Client(), member):
        pages = crawl(client)
        assert "By Nobody" in pages[f"/read/{work.pk}/"]
        assert leaks(pages, {"pen name": "Zyxnameless", "login": "zyxlogin"}) == []
        assert f"/read/{work.pk}/" not in client.get("/browse/", {"q": "Zyxnameless"}).content.decode()
        assert f"/read/{work.pk}/" not in client.get("/browse/", {"q": "author:Zyxnameless"}).content.decode()
        assert client.get(f"/read/authors/{author.slug}/").status_code == 404
        assert client.get(f"/feeds/authors/{author.slug}/").status_code == 404
    out = io.BytesIO()
    json_lines(out)
    assert leaks({"export": out.getvalue().decode()}, {"pen name": "Zyxnameless"}) == []


@pytest.mark.shared_data
@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the shared data is not here")
def test_nothing_private_of_a_real_site_comes_out(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    dump, files = SHARED / "efiction.sql", SHARED / "stories-siteA.tar.gz"
    run = start_run(source=Source(paths=(dump,), files=files))
    with open_dump(dump, files=files) as stream:
        site = site_for(run=run, record=stream.site)
        bring_stream(run=run, stream=stream)
    record_basis(site=site, basis="owner-moves")
    run.refresh_from_db()
    publish(run=run)
    recount_tags()
    index.rebuild()
    rows = dump.read_text(errors="replace")
    secrets = {f"e-mail {found}": found for found in set(re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", rows))}
    secrets |= {f"digest {found}": found for found in set(re.findall(r"'([0-9a-f]{32})'", rows))}
    secrets |= {f"name {found}": found for found in set(re.findall(r"'([^']+ \(real\))'", rows))}
    assert len(secrets) > 25
    hidden = Work.objects.exclude(state="posted")
    assert hidden.count() == 3, "two that were not validated, one that has no words"
    secrets |= {f"title {work.title}": work.title for work in hidden}
    assert leaks(crawl(Client()), secrets) == []
    out = io.BytesIO()
    json_lines(out)
    private = {kind: word for kind, word in secrets.items() if not kind.startswith("title")}
    assert leaks({"export": out.getvalue().decode(), "log": caplog.text}, private) == []
