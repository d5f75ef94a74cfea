"""Publishing what a run brought in: in small batches, with a recorded permission, quietly.

Works keep their old dates, enter no list of new works, and one line of news announces the move.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from fanthology.base import ledger
from fanthology.base.bulk import give_way, learn_sizes
from fanthology.base.failpoints import reach
from fanthology.base.pages import touch_archive
from fanthology.gatherings.models import Challenge
from fanthology.pages.models import News
from fanthology.works.access import Audience, State
from fanthology.works.actions import post_works, release_works
from fanthology.works.models import Work
from fanthology.works.policy import SHIPPED, Verdict

from .actions import Beat, quiet
from .errors import NoBasis, NotNow
from .models import Run, Site, SourceKey

BATCH = 25
NEWS_KEY = "announcement"
ONE_BY_ONE = [rule.reason for rule in SHIPPED if rule.looks > 1 or rule.verdict is Verdict.REFUSE]


def waiting_works(site: Site) -> list[int]:
    """Ids of the works of a site that wait to be published, oldest old id first."""
    return _of_site(site, Work.objects.filter(state=State.WAITING))


def held_works(site: Site) -> list[int]:
    """Ids of the held works of a site that one keeper may release from a list. The rest is for `release_work`."""
    return _of_site(site, Work.objects.filter(state=State.HELD).exclude(hold_reason__in=ONE_BY_ONE))


def _of_site(site: Site, works: QuerySet[Work]) -> list[int]:
    keys = SourceKey.objects.filter(site=site, kind="work", object_id__in=works.values("pk"))
    return list(keys.order_by("id").values_list("object_id", flat=True))


def publish(
    *,
    run: Run,
    only: Sequence[int] | None = None,
    at_most: int | None = None,
    beat: Beat = quiet,
    actor: int | None = None,
) -> int:
    """Publish works of the run's site that wait; `only` these, or the first `at_most`. Returns how many.

    Held ones are released where `only` names them, never otherwise, and not those that need more than one look.
    Without an owner they are shown to members only. Raises NoBasis before any work is touched, NotNow for a run that
    brought nothing in.
    """
    site = run.site
    if site is None or run.state not in (Run.State.BROUGHT, Run.State.PUBLISHING, Run.State.PUBLISHED):
        raise NotNow("There is nothing to publish: the files have not been brought in.")
    if not site.basis:
        raise NoBasis(
            "Nothing is published before you say by what right: its owner moves it, permits it, or cannot be found."
        )
    Run.objects.filter(pk=run.pk).update(state=Run.State.PUBLISHING)
    wanted = _chosen(site, only, at_most)
    audience = None if site.has_owner else Audience.MEMBERS
    published = 0
    for start in range(0, len(wanted), BATCH):
        with transaction.atomic():
            some = wanted[start : start + BATCH]
            release_works(work_ids=some, actor=actor)
            published += post_works(work_ids=some, audience=audience, actor=actor)
            announce(site)
            reach("rescue.published-batch")
        give_way()
        beat(published, len(wanted), "Publishing")
    with transaction.atomic():
        _show_what_belongs_to_it(site)
        Run.objects.filter(pk=run.pk).update(state=Run.State.BROUGHT if waiting_works(site) else Run.State.PUBLISHED)
        ledger.write("rescue published", "run", run.pk, actor=actor, works=published, basis=site.basis)
        touch_archive()
    learn_sizes()
    run.refresh_from_db()
    return published


def _chosen(site: Site, only: Iterable[int] | None, at_most: int | None) -> list[int]:
    wanted = waiting_works(site)
    if only is not None:
        allowed = set(only)
        wanted = [work_id for work_id in (*wanted, *held_works(site)) if work_id in allowed]
    return wanted if at_most is None else wanted[:at_most]


def announce(site: Site) -> News | None:
    """The one line of news about a move, its number kept right from batch to batch."""
    keys = SourceKey.objects.filter(site=site, kind="work").values("object_id")
    posted = Work.objects.filter(pk__in=keys, state=State.POSTED).count()
    if not posted:
        return None
    title, text = _words(site, posted)
    row = SourceKey.objects.filter(site=site, kind="arrival", old_id=NEWS_KEY).first()
    if row is not None:
        News.objects.filter(pk=row.object_id).update(title=title, text=text)
        return News.objects.filter(pk=row.object_id).first()
    run = Run.objects.filter(site=site).order_by("-id")[0]
    news = News.objects.create(title=title[:255], text=text, written_at=timezone.now())
    SourceKey.objects.create(site=site, kind="arrival", old_id=NEWS_KEY, object_id=news.pk, first_run=run, last_run=run)
    return news


def _words(site: Site, posted: int) -> tuple[str, str]:
    works = f"{posted:,} work{'' if posted == 1 else 's'}"
    name = _as_html(site.name)
    if site.has_owner:
        title = f"{site.name} has moved in"
        text = (
            f"<p>{name} has moved in: {works}, "
            "with their old dates and addresses. Its authors are welcome to come and take their pen names.</p>"
        )
    else:
        title = f"Works of {site.name} are kept here"
        text = (
            f"<p>{works} of {name} are kept here for members, because nobody could "
            "be found who keeps it. Its authors are welcome to come and decide.</p>"
        )
    return title[:255], text


def _as_html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _show_what_belongs_to_it(site: Site) -> None:
    """News and challenges of the old site are seen from now on; its custom pages wait for a keeper (`show_page`)."""
    news = SourceKey.objects.filter(site=site, kind="news").values("object_id")
    News.objects.filter(pk__in=news).update(is_public=True)
    challenges = SourceKey.objects.filter(site=site, kind="challenge").values("object_id")
    Challenge.objects.filter(pk__in=challenges, is_public=False).update(is_public=True, stamp=F("stamp") + 1)
