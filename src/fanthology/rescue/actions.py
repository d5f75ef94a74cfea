"""The verbs of a rescue: examine, bring in, record the permission, map tags, decide a conflict.

Publishing and undoing have files of their own. All of them may be called again after an interruption anywhere: what is
left to do is found out from the rows.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from fanthology.base import ledger
from fanthology.base.bulk import give_way, relaxed_sync
from fanthology.base.failpoints import reach
from fanthology.base.folding import fold
from fanthology.base.models import Archive
from fanthology.base.pages import touch_archive
from fanthology.formats.dumps.records import Record, SiteRecord
from fanthology.formats.markup import clean
from fanthology.gatherings.actions import change_challenge
from fanthology.gatherings.models import Challenge
from fanthology.pages.models import CustomPage, News
from fanthology.people.actions import change_pen_name
from fanthology.people.models import PenName
from fanthology.reviews.models import Review
from fanthology.tags.models import Kind
from fanthology.works.actions import change_series, touch_works
from fanthology.works.dates import known_date
from fanthology.works.models import Chapter, DoNotImport, Series, Work

from .bringing.again import put_chapter_fields, put_fields, put_order
from .bringing.known import Bringing, Known
from .bringing.order import Order
from .errors import NoBasis, NotNow
from .models import Conflict, Run, Site, SourceKey, TagMapping
from .report import Account
from .sites import find_or_add_site, same_site
from .sources import Source, Stream, opened
from .staging import Stage, clear, staged

Beat = Callable[[int, int, str], None]
SOURCES_KEPT = dt.timedelta(days=180)
REFUSED_SOURCES_KEPT = dt.timedelta(days=30)
BROUGHT = (Run.State.BROUGHT, Run.State.PUBLISHED)
PLAIN_WORDS = frozenset({
    "title", "summary", "notes", "end_notes", "disclaimer", "spoilers", "archive_permission", "language",
    "rating_as_written", "gate_text", "text",
})  # fmt: skip
DATES = frozenset({"published", "revised_at"})


def quiet(_done: int, _total: int, _note: str) -> None:
    """For callers who do not show progress."""


def start_run(*, source: Source, actor: int | None = None) -> Run:
    """A new run over these remains; or the one over the same remains that was interrupted."""
    fingerprint = source.fingerprint()
    unfinished = [Run.State.RECEIVED, Run.State.EXAMINING, Run.State.BRINGING]
    found = Run.objects.filter(source_sha256=fingerprint, state__in=unfinished).order_by("-id").first()
    if found is not None:
        return found
    return Run.objects.create(settings=source.as_settings(), source_sha256=fingerprint, started_by_id=actor)


def examine(*, run: Run, beat: Beat = quiet, stage: bool = False) -> dict[str, Any]:
    """Read everything and write down what was found, and nothing else. With `stage`, records are put by for bringing in.

    Raises SeveralSites, NothingFound, SourcesGone; the run is as before then.
    """
    source = Source.from_settings(run.settings)
    account = Account()
    Run.objects.filter(pk=run.pk).update(state=Run.State.EXAMINING, error="")
    try:
        with opened(source) as stream:
            account.kind = stream.kind
            if stage:
                with Stage(run.pk) as put_by:
                    _pass(stream, account, beat, put_by.put)
            else:
                _pass(stream, account, beat)
            account.end(stream.counts, stream.findings)
    except BaseException:
        Run.objects.filter(pk=run.pk).update(state=Run.State.RECEIVED)
        raise
    run.refresh_from_db()
    run.state, run.kind, run.report = Run.State.EXAMINED, account.kind, account.as_json()
    run.settings = {
        **run.settings,
        "offset": 0,
        "counts": account.tables,
        "dump_findings": account.snapshot()["findings"],
    }
    run.save()
    return account.as_json()


def _pass(
    stream: Iterable[Record], account: Account, beat: Beat, put_by: Callable[[Record], None] | None = None
) -> None:
    for number, record in enumerate(stream, start=1):
        account.take(record)
        if put_by is not None:
            put_by(record)
        if number % 200 == 0:
            beat(number, 0, "Reading")


def site_for(*, run: Run, record: SiteRecord, hosts: Iterable[str] = ()) -> Site:
    """The former site this run is of, found again or added, and set on the run."""
    site = find_or_add_site(record, name=str(run.settings.get("site") or ""), hosts=hosts)
    run.site = site
    run.save(update_fields=["site"])
    return site


def record_basis(*, site: Site, basis: str, note: str = "", actor: int | None = None) -> Site:
    """Write down by what right the works are moved here. Raises NoBasis for a word that is none."""
    if basis not in dict(Site.BASES):
        raise NoBasis("Say whether its owner moves it here, its owner permits it, or no owner can be found.")
    with transaction.atomic():
        current = Site.objects.select_for_update().get(pk=site.pk)
        current.basis, current.basis_note, current.basis_by_id, current.basis_at = basis, note, actor, timezone.now()
        current.stamp += 1
        current.save()
        ledger.write("permission recorded", "site", site.pk, actor=actor, basis=basis, note=note)
    return current


def bring_in(
    *,
    run: Run,
    hosts: Iterable[str] = (),
    basis: str = "",
    basis_note: str = "",
    needs_basis: bool = False,
    beat: Beat = quiet,
    actor: int | None = None,
) -> Run:
    """Read the remains and write them as they come, unpublished. Interrupted anywhere, it can simply be called again.

    With `needs_basis`, raises NoBasis before anything is written when neither `basis` nor the site says one.
    """
    with opened(Source.from_settings(run.settings)) as stream:
        known = same_site(stream.site, name=str(run.settings.get("site") or ""))
        if needs_basis and not basis and not (known and known.basis):
            raise NoBasis("Nothing is published without saying by what right (--basis).")
        site = site_for(run=run, record=stream.site, hosts=hosts)
        if basis and site.basis != basis:
            record_basis(site=site, basis=basis, note=basis_note, actor=actor)
            run.refresh_from_db()
        return bring_stream(run=run, stream=stream, beat=beat, actor=actor)


def bring_stream(*, run: Run, stream: Stream, beat: Beat = quiet, actor: int | None = None) -> Run:
    """Write the records of an open stream as they come. `run.site` says of which site they are."""
    site = _site_of(run)
    account = Account()
    account.kind = stream.kind
    _begin(run, stream.kind)
    done = 0
    order = _order(run, site, account, lambda: beat(done, 0, "Bringing in"))
    with relaxed_sync():
        for done, record in enumerate(stream, start=1):
            account.take(record)
            order.take(record)
            if done % 50 == 0:
                beat(done, 0, "Bringing in")
        order.finish()
    account.end(stream.counts, stream.findings)
    return _end(run, account, actor)


def _site_of(run: Run) -> Site:
    if run.site is None:
        raise NotNow("Say first what site this is.")
    return run.site


def bring_in_staged(*, run: Run, beat: Beat, time_is_up: Callable[[], bool], actor: int | None = None) -> bool:
    """One slice of bringing in what `examine` put by. Returns True when all is in, False when there is more to do."""
    site = _site_of(run)
    _begin(run, run.kind)
    settings = run.settings
    account = Account.resumed(settings["account"]) if settings.get("account") else Account()
    account.kind = run.kind
    total = int(run.report.get("totals", {}).get("stories", 0))
    order = _order(run, site, account, lambda: beat(int(account.totals["stories"]), total, "Bringing in"))
    with relaxed_sync():
        for frame, after in staged(run.pk, start=int(settings.get("offset", 0))):
            for record in frame:
                account.take(record)
                order.take(record)
            beat(int(account.totals["stories"]), total, "Bringing in")
            if order.is_at_rest and time_is_up():
                order.flush()
                settings.update(offset=after, account=account.snapshot())
                Run.objects.filter(pk=run.pk).update(settings=settings)
                return False
        order.finish()
    account.tables = settings.get("counts", {})
    account.findings = Account.resumed({"findings": settings["dump_findings"]}).findings
    _end(run, account, actor)
    return True


def _begin(run: Run, kind: str) -> None:
    if run.state in (Run.State.UNDOING, Run.State.UNDONE):
        raise NotNow("This run is undone; examine the files again.")
    run.state, run.kind, run.error = Run.State.BRINGING, kind, ""
    run.save(update_fields=["state", "kind", "error"])


def _order(run: Run, site: Site, account: Account, beat: Callable[[], None]) -> Order:
    def between_batches() -> None:
        give_way()
        beat()

    return Order(Bringing(run, site, Known(site, run), account, between_batches, forbids=DoNotImport.objects.exists()))


def _end(run: Run, account: Account, actor: int | None) -> Run:
    """The last step: what vanished, the report, the purge date, the ledger."""
    _note_vanished(run, account)
    report = account.as_json()
    reach("rescue.before-end")
    with transaction.atomic():
        run.refresh_from_db()
        refused = any(key.startswith("refuse:") for key in account.decisions)
        kept = REFUSED_SOURCES_KEPT if refused else SOURCES_KEPT
        run.state, run.report, run.finished_at = Run.State.BROUGHT, report, timezone.now()
        purge_on = timezone.localdate() + kept
        run.purge_sources_on = min(run.purge_sources_on or purge_on, purge_on)
        run.settings = {name: value for name, value in run.settings.items() if name not in ("offset", "account")}
        run.save()
        Site.objects.filter(pk=run.site_id or 0).update(stamp=F("stamp") + 1)
        ledger.write("rescue brought in", "run", run.pk, actor=actor, works=report["here"].get("work", {}))
    return run


def _note_vanished(run: Run, account: Account) -> None:
    """Works and chapters we have from this site that this (newer) dump no longer holds: told, never deleted.

    A chapter is told as “old number: title of its work”; not where its whole work is gone.
    """
    gone = SourceKey.objects.filter(site=run.site, kind="work").exclude(last_run=run).values_list("old_id", "object_id")
    titles = dict(Work.objects.filter(pk__in=[int(pk) for _, pk in gone[:200]]).values_list("pk", "title"))
    if gone:
        account.vanished = {
            "works": [f"{old_id}: {titles.get(pk, '')}" for old_id, pk in gone[:200]],
            "number": [str(len(gone))],
        }
    met = SourceKey.objects.filter(site=run.site, kind="work", last_run=run).values("object_id")
    unseen = SourceKey.objects.filter(site=run.site, kind="chapter").exclude(last_run=run)
    standing = Chapter.objects.filter(work__in=met, pk__in=unseen.values("object_id"))
    titles = dict(standing.values_list("pk", "work__title"))
    lines = [
        f"{old}: {titles[pk]}" for old, pk in unseen.order_by("id").values_list("old_id", "object_id") if pk in titles
    ]
    if lines:
        account.vanished["chapters"] = lines[:200]


def change_mapping(*, mapping: TagMapping, kind: int | None, name: str, actor: int | None = None) -> TagMapping:
    """What a tag of the old site becomes here. `kind` None leaves it out. Takes effect when the run is brought in (again)."""
    with transaction.atomic():
        mapping.kind_id, mapping.name, mapping.by_keeper = kind, name.strip()[:250], True
        if kind is not None and kind != Kind.RATING and not fold(mapping.name):
            mapping.name = mapping.old_name
        mapping.save()
        ledger.write(
            "tag mapped",
            "site",
            mapping.site_id,
            actor=actor,
            source=mapping.source,
            old_id=mapping.old_id,
            name=mapping.name,
        )
    return mapping


def resolve_conflict(*, conflict: Conflict, choice: str, actor: int | None = None) -> Conflict:
    """Keep ours, or take theirs after all. Raises NotNow when it was decided already."""
    with transaction.atomic():
        current = Conflict.objects.select_for_update().select_related("source_key").get(pk=conflict.pk)
        if current.resolved:
            raise NotNow("This was decided already.")
        if choice == "theirs":
            _take_theirs(current)
        current.resolved = "theirs" if choice == "theirs" else "ours"
        current.save()
        ledger.write(
            "rescue conflict decided", "run", current.run_id, actor=actor, field=current.field, choice=current.resolved
        )
    return current


def _take_theirs(conflict: Conflict) -> None:
    row, field = conflict.source_key, conflict.field
    if row.kind == "work":
        work = Work.objects.filter(pk=row.object_id).first()
        if work is not None and field == "chapters":
            put_order(work, _value(field, conflict.theirs), site_id=row.site_id)
        elif work is not None:
            put_fields(work, {field: _value(field, conflict.theirs)})
    elif row.kind == "chapter":
        chapter = Chapter.objects.select_related("text").filter(pk=row.object_id).first()
        if chapter is not None:
            markup, _ = clean(conflict.theirs) if field == "text" else clean("")
            put_chapter_fields(chapter, {field: _value(field, conflict.theirs)}, markup=markup)
    else:
        _set_plainly(row, field, conflict.theirs)


def _value(field: str, text: str) -> Any:
    """Lists, numbers and booleans were listed as JSON, words as they are: a story may be called “null” or “1984”."""
    if field in PLAIN_WORDS:
        return text
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if field in DATES and value is not None else value


def _set_plainly(row: SourceKey, field: str, theirs: str) -> None:
    """Take over one field of what is no work and no chapter. Raises NotNow for what nobody can take over in one piece."""
    thing = _thing(row)
    change: dict[str, Any] = {field: theirs}
    match thing, field:
        case None, _:
            return
        case PenName(status=PenName.Status.OWNED), _:
            raise NotNow("This pen name is its owner's now: only they change it.")
        case PenName(), "name" | "bio":
            change_pen_name(pen_name=thing, **change)
        case PenName(), "joined":
            change_pen_name(pen_name=thing, joined=known_date(theirs))
        case Series(), "title" | "summary" | "openness":
            change_series(series=thing, **change)
        case Challenge(), "title" | "summary":
            change_challenge(challenge=thing, **change)
        case News() | CustomPage(), "title" | "text":
            setattr(thing, field, theirs)
            thing.save()  # its pages digest their own words
        case Review(), "text" | "stars" | "reply":
            _set_review(thing, field, theirs)
        case _:
            raise NotNow("This cannot be taken over in one piece: change it on its own page, and keep yours here.")


def _thing(row: SourceKey) -> PenName | Series | News | CustomPage | Review | Challenge | None:
    models: dict[str, Any] = {
        "person": PenName,
        "series": Series,
        "news": News,
        "page": CustomPage,
        "review": Review,
        "challenge": Challenge,
    }
    model = models.get(row.kind)
    if model is None or row.old_id.startswith("comment-"):
        return None
    found: PenName | Series | News | CustomPage | Review | Challenge | None = model.objects.filter(
        pk=row.object_id
    ).first()
    return found


def _set_review(review: Review, field: str, theirs: str) -> None:
    changed = review.replies.filter(by_author=True).order_by("id").first() if field == "reply" else review
    if changed is None:
        raise NotNow("This cannot be taken over in one piece: change it on its own page, and keep yours here.")
    if field == "stars":
        changed.stars = int(theirs) if theirs.isdecimal() else None
    else:
        changed.text = theirs
    changed.save()
    if review.work_id:
        touch_works(work_ids=[review.work_id])


def forget_files(*, run: Run) -> None:
    """Remove what lies open for a run: its uploads and staged records. Sealed sources keep their purge date."""
    clear(run.pk)


def change_archive(*, name: str, tagline: str, review_word: str, actor: int | None = None) -> None:
    """What the archive is called, and whether readers write reviews or comments."""
    with transaction.atomic():
        Archive.current()
        Archive.objects.filter(pk=1).update(name=name.strip(), tagline=tagline.strip(), review_word=review_word)
        ledger.write("archive settings changed", "archive", 1, actor=actor, name=name, review_word=review_word)
        touch_archive()
