"""Every old address of an eFiction leads to its new page, for those who may see it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from fanthology.formats import Markup
from fanthology.people.models import PenName
from fanthology.rescue.addresses import looks_old, split_address
from fanthology.rescue.models import Run, SourceKey
from fanthology.reviews.models import Review
from fanthology.tags.models import Tag
from fanthology.works.actions import NewChapter, add_chapters, renumber_chapters, withdraw_work
from fanthology.works.models import Chapter, Series, Work
from tests import factories
from tests.rescue import old_site


def lead(address: str, *, client: Client | None = None, host: str = "testserver") -> tuple[int, str]:
    answer = (client or Client()).get(f"/{address}", headers={"host": host})
    return answer.status_code, answer.headers.get("Location", "")


@pytest.fixture
def places(run: Run) -> dict[str, str]:
    """What the addresses below call by name."""
    lamp = Work.objects.get(title="The Lamp")
    wick, oil = (Chapter.objects.get(title=title) for title in ("Wick", "Oil"))
    nobodys, rope = Work.objects.get(title="Nobody's"), Work.objects.get(title="The Rope")

    def key(kind: str, old_id: str) -> int:
        return SourceKey.objects.get(kind=kind, old_id=old_id).object_id

    def tag(name: str, apart: str = "") -> str:
        found = Tag.objects.get(name=name, disambiguator=apart)
        return f"/read/tags/{found.pk}/{found.slug}/"

    return {
        "LAMP": f"/read/{lamp.pk}/",
        "1ST": str(wick.pk),
        "2ND": str(oil.pk),
        "WICK": f"/read/{lamp.pk}/{wick.pk}/",
        "OIL": f"/read/{lamp.pk}/{oil.pk}/",
        "NOBODYS": f"/read/{nobodys.pk}/",
        "ROPE": f"/read/{rope.pk}/",
        "LIGHTS": f"/read/series/{key('series', '1')}/",
        "ANNIS": f"/read/authors/{PenName.objects.get(name='Annis').slug}/",
        "REVIEW": f"/read/{lamp.pk}/reviews/#review-{Review.objects.get(stars=9).pk}",
        "HOUR": f"/read/challenges/{key('challenge', '1')}/",
        "NEWS": f"/news/#news-{key('news', '1')}",
        "DRACULA": tag("Dracula"),
        "MINA2": tag("Mina", "Ballads"),
        "MYSTERY": tag("Mystery"),
        "GENERAL": f"/browse/?tag={Tag.objects.get(name='General Audiences').pk}",
    }


KNOWN = [
    ("viewstory.php?sid=7", "LAMP"),
    ("viewstory.php?sid=007", "LAMP"),
    ("VIEWSTORY.PHP?SID=7", "LAMP"),
    ("viewstory.php/?sid=7", "LAMP"),
    ("viewstory.php?sid=7&ageconsent=ok&warning=2", "LAMP"),
    ("viewstory.php?sid=7&chapter=1", "WICK"),
    ("viewstory.php?chapter=1&sid=7&textsize=0", "WICK"),
    ("viewstory.php?sid=7&amp;chapter=1", "WICK"),
    ("viewstory.php?sid=7&amp%3Bchapter=1", "WICK"),
    ("viewstory.php?sid=7&chapter=3", "OIL"),
    ("viewstory.php?sid=7&chapter=2", "LAMP"),
    ("viewstory.php?sid=7&chapter=4", "LAMP"),
    ("viewstory.php?sid=7&chapter=99", "LAMP"),
    ("viewstory.php?chapid=22", "OIL"),
    ("viewstory.php?chapid=51", "NOBODYS"),
    ("viewstory.php?sid=10&chapter=1", "NOBODYS"),
    ("viewstory.php?sid=7&index=1", "LAMP" + "contents/"),
    ("viewstory.php?action=printable&textsize=0&sid=7&chapter=all", "LAMP" + "print/"),
    ("viewstory.php?sid=7&action=printable&chapter=1", "LAMP" + "print/#chapter-1st"),
    ("viewstory.php?sid=7&action=printable&chapter=3", "LAMP" + "print/#chapter-2nd"),
    ("viewstory.php?sid=7&action=printable&chapter=4", "LAMP" + "print/"),
    ("viewstory.php?sid=7&action=printable&chapter=99", "LAMP" + "print/"),
    ("viewstory.php?sid=7&action=printable", "LAMP" + "print/"),
    ("viewstory.php?sid=7&chapter=all", "LAMP" + "all/"),
    ("viewstory.php?sid=8", "ROPE"),
    ("reviews.php?type=ST&item=7", "LAMP" + "reviews/"),
    ("reviews.php?item=7&chapid=21&type=ST", "LAMP" + "reviews/"),
    ("reviews.php?type=SE&item=1", "LIGHTS"),
    ("reviews.php?reviewid=1", "REVIEW"),
    ("viewuser.php?uid=2", "ANNIS"),
    *(
        (f"viewuser.php?action={action}&uid=2", "ANNIS")
        for action in (
            "storiesby",
            "seriesby",
            "reviewsby",
            "challengesby",
            "favst",
            "favse",
            "favau",
            "favlist",
            "contact",
        )
    ),
    ("viewseries.php?seriesid=1", "LIGHTS"),
    ("series.php?seriesid=1", "LIGHTS"),
    ("browse.php?type=categories&catid=2", "DRACULA"),
    ("browse.php?type=categories&id=2", "DRACULA"),
    ("browse.php?type=characters&charid=2", "MINA2"),
    ("browse.php?type=class&type_id=1&classid=1", "MYSTERY"),
    ("browse.php?type=ratings&rating=1", "GENERAL"),
    ("modules/challenges/challenges.php?chalid=1", "HOUR"),
    ("news.php?action=newsstory&nid=1", "NEWS"),
]
GENERAL = [
    ("index.php", "/"),
    ("browse.php?type=titles&let=A&offset=20", "/browse/?sort=title"),
    ("browse.php?type=series", "/read/series/"),
    ("browse.php?type=recent", "/browse/"),
    ("browse.php?type=categories", "/fandoms/"),
    ("authors.php?list=authors&let=M", "/read/authors/?letter=M"),
    ("authors.php?action=list", "/read/authors/"),
    ("toplists.php?list=favstories", "/browse/?sort=kudos"),
    ("toplists.php?list=readstories", "/browse/?sort=kudos"),
    ("toplists.php?list=longstories", "/browse/?sort=words"),
    ("toplists.php?list=shortstories", "/browse/?sort=shortest"),
    ("toplists.php?list=prolificauthors", "/read/authors/"),
    ("rss.php", "/feeds/works/"),
    ("news.php", "/news/"),
    ("search.php", "/browse/"),
    ("search.php?searchterm=lamp+oil", "/browse/?q=lamp+oil"),
    ("contact.php?action=report&url=x", "/about/"),
    ("user.php?action=login", "/account/login/"),
    ("stories.php?action=newstory", "/account/login/"),
    ("admin.php?action=settings", "/desk/"),
    ("modules/challenges/challenges.php", "/read/challenges/"),
]


def test_what_everybody_may_see_moved_for_good(places: dict[str, str]) -> None:
    for address, wanted in KNOWN:
        name = next(name for name in sorted(places, key=len, reverse=True) if wanted.startswith(name))
        anchored = wanted.replace("1st", places["1ST"]).replace("2nd", places["2ND"])
        assert lead(address) == (301, anchored.replace(name, places[name])), address


def test_lists_and_doors_lead_to_theirs(run: Run) -> None:
    client = Client()
    for address, wanted in GENERAL:
        assert lead(address) == (301, wanted), address
        there = client.get(wanted.partition("#")[0])
        if wanted == "/desk/":
            assert there["Location"] == "/account/login/?next=/desk/"
        else:
            assert there.status_code == 200, wanted


UNKNOWN = [
    "viewstory.php", "viewstory.php?sid=", "viewstory.php?sid=999", "viewstory.php?sid=-1", "viewstory.php?sid=7%27", "viewstory.php?sid=9",
    "viewstory.php?chapid=41", "viewstory.php?sid=99999999999999999999999", "viewuser.php?uid=999", "viewseries.php?seriesid=9", "reviews.php?reviewid=99",
    "reviews.php?type=ST&item=9", "reviews.php?type=XX&item=7", "browse.php?type=categories&catid=99", "viewpage.php?page=nothing", "news.php?nid=9",
    "modules/challenges/challenges.php?chalid=9", "nothing.php", "wp-login.php", "viewstory.php?" + "&".join(f"x{n}=1" for n in range(200)),
]  # fmt: skip


def test_what_is_unknown_or_hidden_looks_the_same(run: Run) -> None:
    client = Client()
    nowhere = client.get("/nothing-here/").content
    for address in UNKNOWN:
        answer = client.get(f"/{address}")
        assert (answer.status_code, answer.content) == (404, nowhere), address


def test_a_series_for_members_leads_a_guest_to_the_login_and_a_hidden_one_nowhere(run: Run) -> None:
    series = Series.objects.get(title="Lights")
    review = SourceKey.objects.get(kind="review", object_id=Review.objects.get(series=series).pk)
    addresses = ("viewseries.php?seriesid=1", f"reviews.php?reviewid={review.old_id}", "reviews.php?type=SE&item=1")
    Work.objects.update(gate_members=True)
    for address in addresses:
        assert lead(address) == (302, f"/account/login/?next=%2Fread%2Fseries%2F{series.pk}%2F"), address
    member = Client()
    member.force_login(factories.make_member("reader"))
    assert member.get("/viewseries.php?seriesid=1")["Location"] == f"/read/series/{series.pk}/"
    Work.objects.update(state="hidden")
    for address in addresses:
        assert lead(address)[0] == 404, address
        assert member.get(f"/{address}").status_code == 404, address


def test_a_member_who_signed_nothing_leads_to_the_list(run: Run) -> None:
    assert lead("viewuser.php?uid=4") == (302, "/read/authors/")
    assert lead("viewpage.php?page=rules") == (302, "/about/")


def test_before_publishing_only_the_keeper_is_led_and_not_for_good(db: None, tmp_path: Path) -> None:
    old_site.rescue(old_site.write_dump(tmp_path), published=False)
    lamp = Work.objects.get(title="The Lamp")
    assert lead("viewstory.php?sid=7")[0] == 404
    keeper = Client()
    keeper.force_login(factories.make_keeper())
    assert lead("viewstory.php?sid=7", client=keeper) == (302, f"/read/{lamp.pk}/")


def test_what_was_taken_back_is_gone(run: Run) -> None:
    withdraw_work(work=Work.objects.get(title="The Lamp"))
    withdraw_work(work=Work.objects.get(title="The Rope"), reason="legal")
    assert lead("viewstory.php?sid=7")[0] == 410
    assert lead("viewstory.php?sid=8")[0] == 451


def test_former_hosts_are_answered_with_our_own_address(run: Run, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "shelf.example"]
    settings.BASE_URL = "https://shelf.example"
    lamp = Work.objects.get(title="The Lamp")
    for host in ("kettleness.example", "www.kettleness.example", "WWW.KETTLENESS.EXAMPLE:80"):
        assert lead("viewstory.php?sid=7", host=host) == (301, f"https://shelf.example/read/{lamp.pk}/")
        assert lead("", host=host) == (301, "https://shelf.example/")
    assert lead("viewstory.php?sid=999", host="kettleness.example")[0] == 404
    assert lead("images/logo.png", host="kettleness.example")[0] == 404
    assert lead("viewstory.php?sid=7", host="stranger.example")[0] == 400


def test_two_sites_with_the_same_number_each_keep_theirs(run: Run, tmp_path: Path) -> None:
    other = old_site.tables()
    other["settings"] = [{"sitename": "Other Light", "url": "http://other.example/fic", "version": "3.5.8"}]
    other["stories"][0]["title"] = "Another Lamp"
    old_site.rescue(old_site.write_dump(tmp_path, other, name="other.sql"))
    lamp, another = Work.objects.get(title="The Lamp"), Work.objects.get(title="Another Lamp")
    assert lead("viewstory.php?sid=7", host="kettleness.example") == (301, f"/read/{lamp.pk}/")
    assert lead("fic/viewstory.php?sid=7", host="other.example") == (301, f"/read/{another.pk}/")
    assert lead("viewstory.php?sid=7", host="other.example")[0] == 404
    assert lead("fic/viewstory.php?sid=7") == (301, f"/read/{another.pk}/")
    choice = Client().get("/viewstory.php?sid=7")
    assert choice.status_code == 300
    for wanted in ("Kettleness Light", "Other Light", f"/read/{lamp.pk}/", f"/read/{another.pk}/"):
        assert wanted in choice.content.decode()
    assert lead("rss.php") == (301, "/feeds/works/")


def test_the_first_page_of_a_site_that_lived_in_a_folder_leads_home(
    run: Run, tmp_path: Path, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS, settings.BASE_URL = ["testserver", "shelf.example"], "https://shelf.example"
    other = old_site.tables()
    other["settings"] = [{"sitename": "Other Light", "url": "http://other.example/Fic", "version": "3.5.8"}]
    old_site.rescue(old_site.write_dump(tmp_path, other, name="other.sql"))
    for path in ("fic/", "fic", "Fic/", "fic/?skin=dark", ""):
        assert lead(path, host="www.other.example") == (301, "https://shelf.example/"), path
    assert lead("forum/", host="other.example")[0] == 404
    assert lead("fic/", host="kettleness.example")[0] == 404, "that site lived at the root"
    assert lead("fic/")[0] == 404, "on our own host it is no page of ours"


def test_chapter_numbers_mean_the_old_ones_whatever_its_author_does_here(run: Run, places: dict[str, str]) -> None:
    rope = Work.objects.get(title="The Rope")
    (old,) = rope.chapters.all()
    new = [NewChapter(number, Markup(f"<p>{number}</p>"), title=f"Written here {number}") for number in (2, 3)]
    foreword, _ = add_chapters(work=rope, chapters=new, version=rope.version)
    rope.refresh_from_db()
    order = [foreword.pk, old.pk, *rope.chapters.exclude(pk__in=[foreword.pk, old.pk]).values_list("pk", flat=True)]
    renumber_chapters(work=rope, order=order, version=rope.version)
    assert lead("viewstory.php?sid=8&chapter=1") == (301, f"/read/{rope.pk}/{old.pk}/")
    assert lead("viewstory.php?sid=8&chapter=2") == (301, f"/read/{rope.pk}/"), "the old site never had it"
    assert lead("viewstory.php?action=printable&sid=8&chapter=1")[1] == f"/read/{rope.pk}/print/#chapter-{old.pk}"


def test_a_path_is_looked_at_before_the_database(db: None, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert not any(
            looks_old(path) for path in ("/", "/read/7/", "/browse/", "/static/site.css", "/works", "/x.php")
        )
        assert all(
            looks_old(path)
            for path in ("/viewstory.php", "/old/fic/viewuser.php", "/works/12", "/works/12/chapters/3", "/chapters/3/")
        )


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://www.Old.example:80/a/b.html?z=1&a=2#here", ("old.example", "/a/b.html", "a=2&z=1")),
        ("old.example", ("old.example", "/", "")),
        ("http://user@old.example/", ("old.example", "/", "")),
    ],
)
def test_an_old_address_is_known_without_its_order(url: str, parts: tuple[str, str, str]) -> None:
    assert split_address(url) == parts


def test_links_between_stories_lead_on_where_the_old_site_never_said_its_address(db: None, tmp_path: Path) -> None:
    """A dump without its settings: a relative link is one of our own old addresses, not of the page it stands on."""
    rows = old_site.tables()
    rows["settings"] = []
    rows["chapters"][0]["storytext"] = '<p>Read <a href="viewstory.php?sid=8">the other</a> first.</p>'
    old_site.rescue(old_site.write_dump(tmp_path, rows), site="Kettleness Light", hosts=("kettleness.example",))
    assert Chapter.objects.get(title="Wick").text.markup == (
        '<p>Read <a href="/viewstory.php?sid=8">the other</a> first.</p>'
    )
    assert lead("viewstory.php?sid=8")[1] == f"/read/{Work.objects.get(title='The Rope').pk}/"
