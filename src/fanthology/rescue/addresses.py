"""Old addresses → where the thing lives now. Each former software has its rules; rows of `OldAddress` serve the rest.

    looks_old(path)              may this path be an old address? Without a query
    asked(path, query, host)     the address, its parameters in any order, `&amp;` undone
    answers(address, viewer)     where it may lead: no answer = unknown, several = the visitor chooses

Access applies before anything is given away: what a viewer may not see is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from django.db.models import Q

from fanthology.gatherings.models import Challenge
from fanthology.pages.models import CustomPage, News
from fanthology.people.models import PenName
from fanthology.reviews.models import Review
from fanthology.works.access import Answer, Viewer, answer
from fanthology.works.addresses import (
    author_url,
    challenge_url,
    chapter_url,
    contents_url,
    print_url,
    reviews_url,
    series_url,
    tag_url,
    whole_work_url,
    work_url,
)
from fanthology.works.models import Authorship, Chapter, Series, Tombstone, Work

from .models import Host, OldAddress, Site, SourceKey, TagMapping

BROWSE, AUTHORS, NEWS, LOGIN, DESK = "/browse/", "/read/authors/", "/news/", "/account/login/", "/desk/"
FIELDS = 40
ANY_MEMBER = Viewer(person=0)  # who has logged in and written nothing


@dataclass(frozen=True, slots=True)
class Asked:
    """An address as asked for: host without www and port, folder before the script, script, parameters."""

    host: str
    folder: str
    script: str
    parameters: Mapping[str, str]
    path: str
    query: str

    def number(self, *names: str) -> str:
        """The first of these parameters that is a number, without leading zeros; "" where none is."""
        for name in names:
            value = self.parameters.get(name, "").strip()
            if value.isascii() and value.isdigit() and len(value) < 20:
                return str(int(value))
        return ""

    def word(self, name: str) -> str:
        return self.parameters.get(name, "").strip()


@dataclass(frozen=True, slots=True)
class Leads:
    """Where an old address leads. `permanent` = 301; else 302, because it is not published for everyone yet.

    `gone` is a reason where what stood there was taken back: 410, or 451 for legal reasons.
    """

    url: str
    permanent: bool = True
    site: str = ""
    gone: str = ""


Rule = Callable[["Lookup", Asked], Leads | None]


def looks_old(path: str) -> bool:
    """Cheap: decides by the path alone."""
    if path.endswith(".php"):
        return path.rpartition("/")[2].lower() in EFICTION
    return ("/works/" in path or "/chapters/" in path) and _OTWARCHIVE.fullmatch(path) is not None


def asked(path: str, query: str, host: str) -> Asked:
    path = path.replace("\0", "")  # PostgreSQL refuses to be asked for it
    if path.lower().endswith(".php/"):  # PHP took what follows the script for nothing
        path = path[:-1]
    folder, _, script = path.rpartition("/")
    # The numbers of an otwarchive stand in the path itself: there is no folder before them.
    folder = "" if _OTWARCHIVE.fullmatch(path) else folder.removesuffix("/modules/challenges")
    try:
        pairs = parse_qsl(
            query.replace("&amp;", "&").replace("&amp%3B", "&"), keep_blank_values=True, max_num_fields=FIELDS
        )
    except ValueError:
        pairs = []
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name.lower().removeprefix("amp;"), value.replace("\0", ""))
    return Asked(bare_host(host), folder.rstrip("/").lower(), script.lower(), found, path, _ordered(pairs))


def bare_host(host: str) -> str:
    """The name alone: `WWW.Old.example:8080` is old.example."""
    name = host.strip().lower()
    if not name.startswith("["):
        name = name.partition(":")[0]
    return name.rstrip(".").removeprefix("www.")


def is_front_page(path: str, host: str) -> bool:
    """Whether this was the first page of a former site: the root of its host, or the folder that it lived in."""
    folder = path.rstrip("/")
    return not folder or Host.objects.filter(host=bare_host(host), path__iexact=folder).exists()


def _ordered(pairs: Iterable[tuple[str, str]]) -> str:
    """A query without order, as `OldAddress` keeps it."""
    return urlencode(sorted(pairs))


def split_address(url: str) -> tuple[str, str, str]:
    """A whole old address → (host, path, order-free query)."""
    bare = url.partition("#")[0]
    rest = bare.partition("://")[2] or bare
    host, _, tail = rest.partition("/")
    path, _, query = tail.partition("?")
    return (
        bare_host(host.rpartition("@")[2]),
        f"/{path}"[:500],
        _ordered(parse_qsl(query, keep_blank_values=True))[:500],
    )


def answers(address: Asked, viewer: Viewer) -> list[Leads]:
    """Every different place this address may mean, in the order in which their sites came here."""
    found: dict[str, Leads] = {}
    for site in _sites(address):
        lookup = Lookup(site, viewer)
        leads = _by_rule(lookup, address)
        if leads is not None:
            found.setdefault(leads.url, Leads(leads.url, leads.permanent, site.name, leads.gone))
    if not found:
        for row in _rows(address):
            leads = _if_seen(row.target, viewer)
            if leads is not None:
                found.setdefault(leads.url, Leads(leads.url, leads.permanent, row.site.name, leads.gone))
    return list(found.values())


def _sites(address: Asked) -> list[Site]:
    """On a former host, its site alone; on our own, every site that once answered under this folder."""
    hosts = list(Host.objects.filter(host=address.host).select_related("site"))
    exact = [host.site for host in hosts if host.path.lower() == address.folder]
    if hosts:
        return exact
    here = Site.objects.order_by("id")
    if address.folder:
        here = here.filter(hosts__path__iexact=address.folder).distinct()
    return list(here)


def _by_rule(lookup: Lookup, address: Asked) -> Leads | None:
    found = _OTWARCHIVE.fullmatch(address.path)
    if found and (found["work"] or found["chapter"]):
        return lookup.otwarchive(found["work"] or "", found["chapter"] or "")
    rule = EFICTION.get(address.script)
    return rule(lookup, address) if rule and lookup.site.software.startswith("efiction") else None


def _rows(address: Asked) -> list[OldAddress]:
    """Rows for this very address; on our own host, rows of any host."""
    path, bare = address.path[:500], address.path[:500].rstrip("/")
    rows = OldAddress.objects.filter(Q(path=path) | Q(path=bare) | Q(path=f"{bare}/"), query=address.query[:500])
    rows = rows.select_related("site").order_by("id")
    of_host = list(rows.filter(host=address.host))
    return of_host or ([] if Host.objects.filter(host=address.host).exists() else list(rows))


def _if_seen(target: str, viewer: Viewer) -> Leads | None:
    """A row's target: works are asked for access first."""
    found = re.fullmatch(r"/read/(\d+)/.*", target)
    return _work_leads(int(found[1]), viewer, lambda _: target) if found else Leads(target)


def _work_leads(work_id: int, viewer: Viewer, url: Callable[[int], str]) -> Leads | None:
    """301 to what everyone may find, 302 to what only this viewer may see yet, gone where it was taken back."""
    work = Work.objects.filter(pk=work_id).first()
    if work is None:
        stone = Tombstone.objects.filter(work_id=work_id).exclude(reason="undone").first()
        return Leads(work_url(work_id), gone=stone.reason) if stone else None
    authors = frozenset[int]()
    if viewer.pen_names:
        authors = frozenset(Authorship.objects.filter(work_id=work_id).values_list("pen_name_id", flat=True))
    facts = work.facts(authors)
    if answer(facts, viewer) is Answer.MISSING:
        return None
    return Leads(url(work_id), permanent=work.state == "posted" and not work.unrevealed)


class Lookup:
    """What the old ids of one site mean here, for one viewer."""

    def __init__(self, site: Site, viewer: Viewer) -> None:
        self.site, self.viewer = site, viewer

    def id(self, kind: str, old_id: str) -> int | None:
        """The id here, or None."""
        if not old_id:
            return None
        keys = SourceKey.objects.filter(site=self.site, kind=kind, old_id=old_id)
        return keys.values_list("object_id", flat=True).first()

    def work(self, old_id: str, url: Callable[[int], str] = work_url) -> Leads | None:
        work_id = self.id("work", old_id)
        return _work_leads(work_id, self.viewer, url) if work_id is not None else None

    def chapter(self, old_id: str) -> Leads | None:
        chapter = Chapter.objects.filter(pk=self.id("chapter", old_id) or 0).first()
        return self._chapter(chapter) if chapter else None

    def chapter_at(self, story: str, number: str) -> Leads | None:
        """The page of chapter number M; of the whole story where that chapter is not here."""
        found = self._numbered(story, number)
        return (self._chapter(found) if found else None) or self.work(story)

    def print_at(self, story: str, number: str) -> Leads | None:
        """The page for paper, opened at chapter number M where there is one to be seen."""
        found = self._numbered(story, number) if number else None
        if found is None or found.state != "posted":
            return self.work(story, print_url)
        return self.work(story, lambda work_id: f"{print_url(work_id)}#chapter-{found.pk}")

    def _numbered(self, story: str, number: str) -> Chapter | None:
        """`chapter=M` counts as the old site counted, gaps and doubles included, wherever the chapter stands now."""
        work_id = self.id("work", story)
        if work_id is None:
            return None
        placed = self.id("place", f"{story}/{number}")
        chapters = Chapter.objects.filter(work_id=work_id).in_order().defer("summary", "notes", "end_notes")
        if placed:
            return chapters.filter(pk=placed).first()
        return next((chapter for chapter in chapters if _number_then(chapter) == number), None)

    def _chapter(self, chapter: Chapter) -> Leads | None:
        """The chapter's own page; of a one-shot, or a chapter not shown, the work's page."""
        if chapter.state != "posted" and not self.viewer.is_keeper:
            return _work_leads(chapter.work_id, self.viewer, work_url)
        alone = Chapter.objects.filter(work_id=chapter.work_id, state="posted").count() <= 1
        return _work_leads(
            chapter.work_id,
            self.viewer,
            lambda work_id: work_url(work_id) if alone else chapter_url(work_id, chapter.pk),
        )

    def series(self, old_id: str) -> Leads | None:
        series_id = self.id("series", old_id)
        if series_id is None or not Series.objects.filter(pk=series_id).exists():
            return None
        return self._series(series_id)

    def _series(self, series_id: int) -> Leads | None:
        """To a series that only members may see a guest is led through the login, as to a work of that kind."""
        seen = Series.objects.filter(pk=series_id)
        if seen.visible_to(self.viewer).exists():
            return Leads(series_url(series_id))
        if self.viewer.is_keeper:
            return Leads(series_url(series_id), permanent=False)
        if not self.viewer.is_member and seen.visible_to(ANY_MEMBER).exists():
            return Leads(f"{LOGIN}?{urlencode({'next': series_url(series_id)})}", permanent=False)
        return None

    def person(self, old_id: str) -> Leads | None:
        """The author's page; for a member who signed nothing that the viewer may see, the list of authors."""
        pen_name = PenName.objects.filter(pk=self.id("person", old_id) or 0).first()
        if pen_name is None:
            return None
        if Work.objects.visible_to(self.viewer).posted().by(pen_name).exists():
            return Leads(author_url(pen_name.slug))
        return Leads(AUTHORS, permanent=False)

    def tag(self, source: str, old_id: str) -> Leads | None:
        mapping = TagMapping.objects.filter(site=self.site, source=source, old_id=old_id).select_related("tag").first()
        if mapping is None or mapping.tag is None:
            return Leads(BROWSE, permanent=False) if mapping else None
        tag = mapping.tag
        return Leads(f"{BROWSE}?tag={tag.pk}" if source == "ratings" else tag_url(tag.pk, tag.slug))

    def review(self, old_id: str) -> Leads | None:
        review = Review.objects.filter(pk=self.id("review", old_id) or 0, state="shown").first()
        if review is None:
            return None
        if review.series_id:
            return self._series(review.series_id)
        return _work_leads(
            review.work_id or 0, self.viewer, lambda work_id: f"{reviews_url(work_id)}#review-{review.pk}"
        )

    def challenge(self, old_id: str) -> Leads | None:
        challenge = Challenge.objects.filter(pk=self.id("challenge", old_id) or 0).first()
        if challenge is None or not (challenge.is_public or self.viewer.is_keeper):
            return None
        return Leads(challenge_url(challenge.pk), permanent=challenge.is_public)

    def page(self, name: str) -> Leads | None:
        page = CustomPage.objects.filter(pk=self.id("page", name) or 0).first()
        if page is None:
            return None
        if page.is_public:
            return Leads(f"/about/{quote(page.slug)}/")
        return Leads(f"{DESK}pages/{page.pk}/" if self.viewer.is_keeper else "/about/", permanent=False)

    def news(self, old_id: str) -> Leads | None:
        news = News.objects.filter(pk=self.id("news", old_id) or 0).first()
        if news is None or not (news.is_public or self.viewer.is_keeper):
            return None
        return Leads(f"{NEWS}#news-{news.pk}", permanent=news.is_public)

    def otwarchive(self, work: str, chapter: str) -> Leads | None:
        found = None
        if chapter:
            key = f"work:{work}/chapter:{chapter}" if work else f"/chapter:{chapter}"
            keys = SourceKey.objects.filter(site=self.site, kind="chapter", old_id__endswith=key)
            there = Chapter.objects.filter(pk__in=keys.values("object_id")).first()
            found = self._chapter(there) if there else None
        return found or (self.work(f"work:{work}") if work else None)


def _number_then(chapter: Chapter) -> str:
    """The number that a chapter bore on the old site; "" for one that was written here."""
    return str(dict(chapter.origin_ids).get("inorder", ""))


# -- eFiction, every script of its address scheme


def _viewstory(lookup: Lookup, address: Asked) -> Leads | None:
    story, chapter = address.number("sid"), address.word("chapter").lower()
    if not story:
        return lookup.chapter(address.number("chapid"))
    if address.word("action").lower() == "printable":
        return lookup.print_at(story, address.number("chapter"))
    if chapter == "all":
        return lookup.work(story, whole_work_url)
    if address.number("chapid"):
        return lookup.chapter(address.number("chapid")) or lookup.work(story)
    if address.number("chapter"):
        return lookup.chapter_at(story, address.number("chapter"))
    return lookup.work(story, contents_url if address.word("index") not in ("", "0") else work_url)


def _viewuser(lookup: Lookup, address: Asked) -> Leads | None:
    return lookup.person(address.number("uid")) if address.word("uid") else Leads(LOGIN, permanent=False)


def _viewseries(lookup: Lookup, address: Asked) -> Leads | None:
    return lookup.series(address.number("seriesid"))


def _reviews(lookup: Lookup, address: Asked) -> Leads | None:
    if address.number("reviewid"):
        return lookup.review(address.number("reviewid"))
    old_id = address.number("item", "sid", "seriesid")
    kind = address.word("type").upper() or ("SE" if address.word("seriesid") else "ST")
    return lookup.series(old_id) if kind == "SE" else lookup.work(old_id, reviews_url) if kind == "ST" else None


def _browse(lookup: Lookup, address: Asked) -> Leads | None:
    kind = address.word("type").lower()
    old = {
        "categories": ("categories", address.number("catid", "id")),
        "characters": ("characters", address.number("charid", "id")),
        "class": ("classes", address.number("classid", "id")),
        "ratings": ("ratings", address.number("rating", "id")),
    }.get(kind)
    if old and old[1]:
        return lookup.tag(*old)
    letter = address.word("let")[:1]
    lists = {
        "categories": "/fandoms/",
        "titles": f"{BROWSE}?sort=title",
        "series": "/read/series/",
        "challenges": "/read/challenges/",
        "recent": BROWSE,
        "featured": BROWSE,
        "authors": f"{AUTHORS}?{urlencode({'letter': letter})}" if letter.isalnum() else AUTHORS,
    }
    return Leads(lists.get(kind, BROWSE))


def _authors(lookup: Lookup, address: Asked) -> Leads | None:
    letter = address.word("let")[:1]
    return Leads(f"{AUTHORS}?{urlencode({'letter': letter})}" if letter.isalnum() else AUTHORS)


def _categories(lookup: Lookup, address: Asked) -> Leads | None:
    old_id = address.number("catid", "parentcatid", "id")
    return lookup.tag("categories", old_id) if old_id else Leads("/fandoms/")


def _news(lookup: Lookup, address: Asked) -> Leads | None:
    return lookup.news(address.number("nid")) if address.number("nid") else Leads(NEWS)


def _viewpage(lookup: Lookup, address: Asked) -> Leads | None:
    return lookup.page(address.word("page") or address.word("id"))


def _challenges(lookup: Lookup, address: Asked) -> Leads | None:
    return lookup.challenge(address.number("chalid")) if address.number("chalid") else Leads("/read/challenges/")


def _toplists(lookup: Lookup, address: Asked) -> Leads | None:
    wanted = address.word("list").lower()
    if "series" in wanted:
        return Leads("/read/series/")
    if "author" in wanted or "reviewer" in wanted:
        return Leads(AUTHORS)
    sorts = (("review", "reviews"), ("fav", "kudos"), ("read", "kudos"), ("long", "words"), ("short", "shortest"))
    sort = next((sort for word, sort in sorts if word in wanted), "")
    return Leads(f"{BROWSE}?sort={sort}" if sort else BROWSE)


def _search(lookup: Lookup, address: Asked) -> Leads | None:
    words = address.word("searchterm") or address.word("q")
    return Leads(f"{BROWSE}?{urlencode({'q': words[:200]})}" if words else BROWSE)


def _user(lookup: Lookup, address: Asked) -> Leads | None:
    return Leads(LOGIN)


def _to(url: str) -> Rule:
    def rule(lookup: Lookup, address: Asked) -> Leads | None:
        return Leads(url)

    return rule


EFICTION: dict[str, Rule] = {
    "viewstory.php": _viewstory,
    "viewuser.php": _viewuser,
    "viewseries.php": _viewseries,
    "series.php": _viewseries,
    "reviews.php": _reviews,
    "browse.php": _browse,
    "categories.php": _categories,
    "titles.php": _to(f"{BROWSE}?sort=title"),
    "authors.php": _authors,
    "members.php": _authors,
    "toplists.php": _toplists,
    "news.php": _news,
    "viewpage.php": _viewpage,
    "rss.php": _to("/feeds/works/"),
    "search.php": _search,
    "challenges.php": _challenges,
    "contact.php": _to("/about/"),
    "report.php": _to("/about/"),
    "user.php": _user,
    "member.php": _user,
    "stories.php": _user,
    "admin.php": _to(DESK),
    "index.php": _to("/"),
}
_OTWARCHIVE = re.compile(
    r"(?:/collections/[^/]+)?(?:/works/(?P<work>\d{1,18})(?:/navigate)?)?(?:/chapters/(?P<chapter>\d{1,18}))?/?"
)
