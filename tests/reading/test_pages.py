"""What the pages of reading say, and what they cost."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from fanthology import reading
from fanthology.base.models import Archive
from fanthology.tags.actions import make_synonym
from fanthology.tags.models import Kind
from fanthology.works import addresses
from fanthology.works.access import Audience, Viewer
from fanthology.works.cards import cards_for
from fanthology.works.models import Series, SeriesPlace, Work, WorkStats
from tests import factories
from tests.factories import make_pen_name, make_review, make_series, make_work
from tests.rules.validity import faults

pytestmark = pytest.mark.django_db


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len([query for query in seen.captured_queries if "SAVEPOINT" not in query["sql"]])


@pytest.fixture
def shelf():
    """A small library with everything in it that makes pages hard."""
    Archive.current()
    serial = make_work(
        "A serial", chapters=3, complete=False, expected_chapters=None, relationships=["Mina Harker/Jonathan Harker"]
    )
    one_shot = make_work("A one-shot", additional=[f"Tag {number}" for number in range(75)], summary="<p>Short.</p>")
    arabic = make_work("منارة", language="ar", chapters=["<p>كان في قديم الزمان.</p>"])
    make_work("So long a title " * 15, authors=["Anybody"])
    make_work("For grown-ups", rated="Mature", warnings=["Graphic Depictions Of Violence"])
    series = make_series(held=[serial, one_shot])
    review = make_review(one_shot)
    make_review(one_shot, "Thank you.", parent=review, by_author=True, pen_name=one_shot.authorship.get().pen_name)
    return {"serial": serial, "one-shot": one_shot, "arabic": arabic, "series": series}


def all_pages(shelf) -> list[str]:
    serial, one_shot = shelf["serial"].pk, shelf["one-shot"].pk
    tag = shelf["serial"].work_tags.filter(tag__kind_id=Kind.FANDOM).get().tag
    adult = Work.objects.get(title="For grown-ups").pk
    return [
        "/",
        f"/read/{one_shot}/",
        f"/read/{serial}/",
        f"/read/{serial}/{shelf['serial'].chapters.get(position=2).pk}/",
        f"/read/{shelf['arabic'].pk}/",
        f"/read/{adult}/",
        *(f"/read/{serial}/{page}/" for page in ("all", "contents", "print", "reviews")),
        f"/read/{one_shot}/reviews/",
        "/read/series/",
        f"/read/series/{shelf['series'].pk}/",
        "/read/authors/",
        "/read/authors/?q=nobody",
        "/read/authors/anybody/",
        addresses.tag_url(tag.pk, tag.slug),
        "/fandoms/",
        "/sitemap/",
        "/moved/",
        "/moved/?from=Nowhere",
        "/look/",
        "/news/",
        "/about/",
        "/feeds/",
        "/read/challenges/",
        "/account/login/",
    ]


def test_every_page_is_valid_and_carries_no_script_of_its_own(client, shelf):
    for path in all_pages(shelf):
        page = text_of(client.get(path))
        assert faults(page) == [], path
        scripts = re.findall(r"<script(?![^>]*(?:src=|application/ld\+json))", page)
        assert scripts == [], path
        assert "Content-Security-Policy" in client.get(path).headers


def test_an_empty_archive_has_no_dead_ends(client):
    for path in (
        "/",
        "/fandoms/",
        "/read/series/",
        "/read/authors/",
        "/news/",
        "/about/",
        "/read/challenges/",
        "/sitemap/",
        "/feeds/works/",
    ):
        page = text_of(client.get(path))
        assert "</" in page
    assert "/welcome/" in text_of(client.get("/"))


def test_queries_of_the_hot_pages(client, shelf):
    Archive.current()
    chapter = shelf["serial"].chapters.get(position=2)
    make_review(shelf["serial"], chapter=chapter)
    path = f"/read/{shelf['serial'].pk}/{chapter.pk}/"
    assert queries(client, path) <= 6
    assert queries(client, path) <= 2, "kept pages ask for their stamp only"
    assert queries(client, f"/read/{shelf['one-shot'].pk}/") <= 12
    assert queries(client, f"/read/{shelf['one-shot'].pk}/") <= 2
    assert queries(client, "/") <= 16
    assert queries(client, "/") <= 2


def test_cards_cost_the_same_for_one_and_for_many(shelf, django_assert_max_num_queries):
    many = [make_work(f"Work {number}", characters=[f"C{number}"]).pk for number in range(20)]
    with django_assert_max_num_queries(6):
        cards = cards_for([*reversed(many), 10**9])
    assert [card.id for card in cards] == list(reversed(many))


def test_a_kept_page_follows_every_change(client, shelf):
    work = shelf["serial"]
    path = f"/read/{work.pk}/{work.chapters.get(position=1).pk}/"
    before = client.get(path)
    assert client.get(path, headers={"If-None-Match": before["ETag"]}).status_code == 304
    make_review(work, "A new thought entirely.", chapter=work.chapters.get(position=1))
    after = client.get(path, headers={"If-None-Match": before["ETag"]})
    assert "A new thought entirely." in text_of(after)


def test_kept_pages_hold_no_cookie_and_no_token(client, shelf):
    for path in all_pages(shelf):
        if path.startswith("/account/"):
            continue
        answer = client.get(path)
        assert not answer.cookies, path
        assert "csrfmiddlewaretoken" not in answer.content.decode(), path


def test_a_reader_page_is_light(client, shelf):
    """HTML beyond the text, stylesheets and script together at most 60 kB, the script at most 15."""
    static = Path(reading.__file__).parent.parent / "static"
    sizes = {name: (static / name).stat().st_size for name in ("site.css", "tokens.css", "reading.js")}
    work = shelf["serial"]
    chapter = work.chapters.get(position=2)
    page = client.get(f"/read/{work.pk}/{chapter.pk}/").content
    frame = len(page) - len(chapter.text.rendered.encode())
    assert frame + sum(sizes.values()) <= 60_000
    assert sizes["reading.js"] <= 15_000


def test_a_one_shot_opens_whole_and_a_serial_with_its_contents(client, shelf):
    one_shot, serial = (
        text_of(client.get(f"/read/{shelf['one-shot'].pk}/")),
        text_of(client.get(f"/read/{shelf['serial'].pk}/")),
    )
    assert factories.PARAGRAPHS[0] in one_shot
    assert factories.PARAGRAPHS[0] not in serial
    assert "Chapters 3/?" in serial
    assert "Chapters 1/1" in text_of(client.get("/"))
    assert [number for number in range(75) if f">Tag {number}<" not in one_shot] == [], "all tags are shown"


@pytest.mark.parametrize("address", ["/read/{id}/{second}/", "/read/{id}/all/", "/read/{id}/print/"])
def test_a_chapter_without_words_says_so(client, address):
    work = make_work("Half of it", chapters=["<p>All here.</p>", ""], origin="Saltwick Archive")
    page = text_of(client.get(address.format(id=work.pk, second=work.chapters.order_by("-position")[0].pk)))
    assert page.count("This chapter has no words: none came here from Saltwick Archive.") == 1
    assert f'href="/read/{work.pk}/origin/"' in page


def test_one_work_alone_is_not_sorted(client, shelf):
    for slug, choices in (("anybody", 0), (make_pen_name_of_two(), 1)):
        assert text_of(client.get(f"/read/authors/{slug}/")).count('id="sort"') == choices


def make_pen_name_of_two() -> str:
    twice = [make_work(title, authors=["Twice Over"]) for title in ("One", "Two")]
    return twice[0].authorship.get().pen_name.slug


def test_chapters_lead_to_their_neighbours(client, shelf):
    chapters = list(shelf["serial"].chapters.order_by("position"))
    page = text_of(client.get(f"/read/{shelf['serial'].pk}/{chapters[1].pk}/"))
    assert f'<link rel="prev" href="/read/{shelf["serial"].pk}/{chapters[0].pk}/">' in page
    assert f'<link rel="next" href="/read/{shelf["serial"].pk}/{chapters[2].pk}/">' in page
    assert 'aria-current="page"><span class="place">2' in page
    whole = text_of(client.get(f"/read/{shelf['serial'].pk}/all/"))
    assert all(f'id="chapter-{chapter.pk}"' in whole for chapter in chapters)


def test_what_nobody_stated_is_said_to_be_unstated(client):
    pen_name = make_pen_name("marginalia", origin="Saltwick Archive")
    work = make_work(
        "Moved",
        authors=[pen_name],
        rated=None,
        warnings=[],
        warnings_stated=False,
        complete=None,
        origin="Saltwick Archive",
    )
    client.cookies["adults"] = "yes"
    page = text_of(client.get(f"/read/{work.pk}/"))
    assert "Warnings not stated on the old site" in page
    assert "Rating not stated" in page
    assert "No Archive Warnings Apply" not in page
    assert "Chose Not To" not in page
    assert "Not said whether complete" in page
    assert "(from Saltwick Archive; the author is not here)" in page
    assert "may not read" in page
    assert "/moved/?from=Saltwick%20Archive" in page


def test_the_authors_choice_not_to_warn_is_not_silence():
    chosen = make_work(warnings=["Creator Chose Not To Use Archive Warnings"])
    silent = make_work("Silent", warnings=[], warnings_stated=False)
    assert [sign.words for sign in cards_for([chosen])[0].warnings] == ["Creator Chose Not To Use Archive Warnings"]
    assert [sign.words for sign in cards_for([silent])[0].warnings] == ["Warnings not stated on the old site"]


def test_an_anonymous_work_names_its_author_nowhere(client):
    pen_name = make_pen_name("Unmistakable Quill", person=factories.make_member("hidden"))
    work = make_work("Masks", authors=[pen_name], anonymous=True, chapters=2)
    make_review(work, "Who are you?")
    make_review(work, "A friend.", parent=work.reviews.get(), by_author=True, pen_name=pen_name)
    chapter = work.chapters.first()
    assert chapter is not None
    paths = [
        f"/read/{work.pk}/",
        f"/read/{work.pk}/{chapter.pk}/",
        f"/read/{work.pk}/all/",
        f"/read/{work.pk}/reviews/",
        "/",
        "/feeds/works/",
    ]
    for path in [*paths, f"/read/{work.pk}.txt", f"/read/{work.pk}.json", f"/read/{work.pk}.html"]:
        page = client.get(path).content.decode()
        assert "Unmistakable" not in page, path
        assert "unmistakable" not in page, path
    assert "Anonymous" in text_of(client.get(f"/read/{work.pk}/"))
    assert client.get("/read/authors/unmistakable-quill/").status_code == 404
    assert "Unmistakable" not in text_of(client.get("/read/authors/"))
    book = ZipFile(BytesIO(client.get(f"/read/{work.pk}.epub").content))
    assert not [name for name in book.namelist() if b"Unmistakable" in book.read(name)]


def test_bulk_arrivals_are_one_line_and_no_news(client):
    make_work("Posted here")
    for number in range(3):
        make_work(f"Moved {number}", arrived_in_bulk=True, origin="Saltwick Archive", published=f"200{number + 1}-05")
    page = text_of(client.get("/"))
    assert "Posted here" in page
    assert "Moved 1" not in page
    assert "<b>Saltwick Archive</b>: 3 stories from 2001–2003" in page
    assert "Moved 1" not in text_of(client.get("/feeds/works/"))
    assert "Moved 1" in text_of(client.get("/moved/?from=Saltwick%20Archive"))
    assert "Posted here" not in text_of(client.get("/moved/?from=Saltwick%20Archive"))
    assert "3 works" in text_of(client.get("/moved/"))
    assert "Nothing from there" in text_of(client.get("/moved/?from=Nowhere"))


def test_tags_lead_to_their_canonical_address(client):
    work = make_work(fandoms=["Dracula – Bram Stoker"])
    canonical = work.work_tags.get(tag__kind_id=Kind.FANDOM).tag
    short = factories.tag(Kind.FANDOM, "Drac")
    make_synonym(tag=short, of=canonical, actor=None)
    for path in (f"/read/tags/{canonical.pk}/wrong/", f"/read/tags/{canonical.pk}/", f"/read/tags/{short.pk}/drac/"):
        answer = client.get(path)
        assert answer.status_code == 301
        assert answer["Location"] == addresses.tag_url(canonical.pk, canonical.slug)
    page = text_of(client.get(addresses.tag_url(canonical.pk, canonical.slug)))
    assert work.title in page
    assert "Also written: Drac" in page


def test_a_rating_is_a_tag_with_a_page(client):
    work = make_work(rated="Teen And Up Audiences")
    assert work.rating is not None
    assert work.title in text_of(client.get(addresses.tag_url(work.rating.pk, work.rating.slug)))


def test_a_circle_of_series_ends(client):
    work = make_work()
    outer = make_series("Outer", held=[work])
    inner = make_series("Inner", held=[outer])
    SeriesPlace.objects.create(series=outer, subseries=inner, position=9)
    for series in (outer, inner):
        page = text_of(client.get(addresses.series_url(series.pk)))
        assert page.count(">" + work.title + "</a>") == 1


def test_a_series_in_several_places_is_opened_once(client):
    """Two ways on each of eight levels make 256 ways down to a work; it stands in two series, and is shown twice."""
    level: Sequence[Work | Series] = [make_work("Pearl")]
    for depth in range(8):
        both = [make_series(f"{side} {depth}", held=level) for side in ("Left", "Right")]
        level = [make_series(f"Middle {depth}", held=both)]
    (top,) = level
    page = text_of(client.get(addresses.series_url(top.pk)))
    assert page.count(">Pearl</a>") == 2
    assert "Right 7" not in page, "what holds nothing more is not shown"


def test_a_work_deep_down_shows_every_series_above_it(client):
    deep = [make_series("Depth 0", held=[make_work("Pearl")])]
    for depth in range(1, 6):
        deep.append(make_series(f"Depth {depth}", held=[deep[-1]]))
    shut = make_series("Shut 0", held=[make_work("Closed", audience=Audience.MEMBERS)])
    shut = make_series("Shut 2", held=[make_series("Shut 1", held=[shut])])
    unasked = make_series("Unasked 0")
    SeriesPlace.objects.create(series=unasked, subseries=deep[2], position=1, confirmed=False)
    unasked = make_series("Unasked 1", held=[unasked])
    everyone = text_of(client.get("/read/series/"))
    for series in deep:
        assert "Pearl" in text_of(client.get(addresses.series_url(series.pk))), series
        assert series.title in everyone
        assert client.get(f"/feeds/series/{series.pk}/").status_code == 200
    assert everyone.count(">1 part<") == len(deep)
    assert "Shut" not in everyone
    assert "Unasked" not in everyone
    assert [client.get(addresses.series_url(one.pk)).status_code for one in (shut, unasked)] == [404, 404]
    keeper = Viewer(person=1, is_keeper=True)
    assert set(Series.objects.visible_to(keeper)) >= {*deep, shut}


def test_a_series_is_silent_about_what_one_may_not_see(client):
    series = make_series(held=[make_work("Open"), make_work("Closed", audience=Audience.MEMBERS)])
    page = text_of(client.get(addresses.series_url(series.pk)))
    assert "Open" in page
    assert "Closed" not in page
    assert ">1 part<" in text_of(client.get("/read/series/")), "what is hidden is not counted either"
    hidden = make_series("All closed", held=[make_work("Closed too", audience=Audience.MEMBERS)])
    assert client.get(addresses.series_url(hidden.pk)).status_code == 404
    assert "All closed" not in text_of(client.get("/read/series/"))


def test_lists_of_authors_fold_accents_and_count_what_is_seen(client):
    make_work(authors=["Élodie"])
    make_work("Secret", authors=["Élodie"], audience=Audience.MEMBERS)
    page = text_of(client.get("/read/authors/?letter=e"))
    assert "Élodie" in page
    assert ">1<span" in page
    assert "Élodie" in text_of(client.get("/read/authors/?q=ELO"))


def test_downloads_have_names_digests_and_types(client):
    work = make_work("L’été: a “quoted” title / with slashes")
    answer = client.get(f"/read/{work.pk}.epub")
    assert answer["Content-Type"] == "application/epub+zip"
    assert "filename*=utf-8''L%E2%80%99%C3%A9t%C3%A9" in answer["Content-Disposition"]
    assert "/" not in answer["Content-Disposition"].partition("''")[2]
    assert client.get(f"/read/{work.pk}.epub", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get(f"/read/{work.pk}.epub").content == answer.content
    assert json.loads(client.get(f"/read/{work.pk}.json").content)["title"] == work.title
    assert client.get(f"/read/{work.pk}.exe").status_code == 404


def test_machines_are_told_what_a_work_is(client):
    work = make_work("A </script> title", summary="<p>About <b>herring</b>.</p>", published="2003-10-04", language="en")
    page = text_of(client.get(f"/read/{work.pk}/"))
    assert '<meta property="og:type" content="book">' in page
    assert f'<link rel="canonical" href="http://127.0.0.1:8000/read/{work.pk}/">' in page
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert data["name"] == "A </script> title"
    assert data["description"] == "About herring."
    assert data["datePublished"] == "2003-10-04"


def test_shy_and_adult_works_tell_crawlers(client):
    shy = make_work()
    Work.objects.filter(pk=shy.pk).update(hide_from_search_engines=True)
    assert "noindex" in text_of(client.get(f"/read/{shy.pk}/"))
    adult = make_work("Grown", rated="Explicit", summary="<p>Between us.</p>")
    client.cookies["adults"] = "yes"
    page = text_of(client.get(f"/read/{adult.pk}/"))
    assert '<meta name="rating" content="adult">' in page
    assert 'name="description"' not in page
    index = (
        text_of(client.get("/sitemap-1.xml"))
        if Work.objects.filter(hide_from_search_engines=False, needs_consent=False).exists()
        else ""
    )
    assert f"/read/{shy.pk}/" not in index
    assert f"/read/{adult.pk}/" not in index


def test_sitemaps_and_robots(client):
    work = make_work()
    assert "/sitemap-1.xml" in text_of(client.get("/sitemap.xml"))
    assert f"/read/{work.pk}/" in text_of(client.get("/sitemap-1.xml"))
    assert client.get("/sitemap-7.xml").status_code == 404
    assert "Sitemap: http" in text_of(client.get("/robots.txt"))


def test_surprise_leads_to_a_work_that_asks_nothing(client):
    assert client.get("/surprise/")["Location"] == "/browse/"
    make_work("Grown", rated="Explicit")
    work = make_work()
    assert client.get("/surprise/")["Location"] == f"/read/{work.pk}/"


def test_reviews_are_threads_with_the_author_marked(client):
    pen_name = make_pen_name("Quill", person=factories.make_member("q"))
    work = make_work(authors=[pen_name], chapters=2)
    for number in range(30):
        make_review(work, f"Thought {number}", stars=9)
    first = work.reviews.order_by("written_at", "id").last()
    assert first is not None
    make_review(work, "Thank you all.", parent=first, by_author=True, pen_name=pen_name)
    page = text_of(client.get(f"/read/{work.pk}/reviews/"))
    assert "Thought 29" in page
    assert "Thought 2<" not in page
    assert "4½ of 5 stars" in page
    assert '<span class="badge">author</span>' in page
    assert "Thought 2<" in text_of(client.get(f"/read/{work.pk}/reviews/?page=2"))
    work.reviews.update(state="hidden")
    Work.objects.filter(pk=work.pk).update(stamp=99)
    assert "Thought" not in text_of(client.get(f"/read/{work.pk}/reviews/"))


def test_gifts_refused_leave_no_trace(client):
    work = make_work()
    work.gifts.create(name="A Friend")
    work.gifts.create(name="A Refuser", refused=True)
    page = text_of(client.get(f"/read/{work.pk}/"))
    assert "A Friend" in page
    assert "A Refuser" not in page


def test_sources_that_one_may_not_see_are_not_named(client):
    secret = make_work("Secret source", audience=Audience.MEMBERS)
    work = make_work("After it")
    work.inspirations.create(source_work=secret)
    work.inspirations.create(words="An old ballad", url="javascript:alert(1)")
    page = text_of(client.get(f"/read/{work.pk}/"))
    assert "Secret source" not in page
    assert "An old ballad" in page
    assert "javascript:" not in page


def test_hot_addresses_are_those_of_the_routes():
    assert addresses.work_url(5) == reverse("work", args=[5])
    assert addresses.chapter_url(5, 6) == reverse("chapter", args=[5, 6])
    assert addresses.whole_work_url(5) == reverse("whole-work", args=[5])
    assert addresses.contents_url(5) == reverse("contents", args=[5])
    assert addresses.print_url(5) == reverse("print", args=[5])
    assert addresses.reviews_url(5) == reverse("reviews", args=[5])
    assert addresses.download_url(5, "epub") == reverse("download-epub", args=[5])
    assert addresses.series_url(5) == reverse("series", args=[5])
    assert addresses.author_url("élodie") == reverse("author", args=["élodie"])
    assert addresses.tag_url(5, "été") == reverse("tag", args=[5, "été"])
    assert addresses.challenge_url(5) == reverse("challenge", args=[5])


def test_kudos_and_dates_are_shown_as_they_are_known(client):
    work = make_work(published="2003-10", summary="<p>x</p>")
    WorkStats.objects.filter(work=work).update(kudos=1234)
    Work.objects.filter(pk=work.pk).update(stamp=5, revised_at=timezone.now())
    page = text_of(client.get(f"/read/{work.pk}/"))
    assert 'Published <time datetime="2003-10">October 2003</time>' in page
    assert "1,234" in page


@pytest.mark.parametrize("path", ["/read/authors/a%00b/", "/about/%00/", "/feeds/authors/%00/", "/read/tags/1/%00/"])
def test_addresses_with_nothing_in_them_are_not_here(client, path):
    assert client.get(path).status_code in (301, 404)


@pytest.mark.parametrize(
    "path",
    ["/read/authors/?q=%00&letter=%00&page=%00", "/moved/?from=%00", "/news/?from=%00&page=x", "/read/series/?page=-7"],
)
def test_questions_with_nothing_in_them_are_answered(client, path):
    assert client.get(path).status_code == 200


def test_two_spellings_of_a_page_number_are_not_mixed_up(client):
    for number in range(21):
        make_work(f"Work {number:02}")
    fandom = Work.objects.get(title="Work 00").work_tags.get(tag__kind_id=Kind.FANDOM).tag
    path = addresses.tag_url(fandom.pk, fandom.slug)
    first, second, long, longer = (
        text_of(client.get(f"{path}?page={page}")) for page in ("1", "2", "0000001", "0000002")
    )
    assert "1–20 of 21 works" in first
    assert "21–21 of 21 works" in second
    assert long == longer, "cut alike for the page and for the key it is kept under"
