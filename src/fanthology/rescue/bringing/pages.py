"""News and custom pages of the former site. News wait for the publishing; pages arrive unpublished and stay so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import models, transaction

from fanthology.base.failpoints import reach
from fanthology.base.folding import slug_of
from fanthology.formats.dumps.records import NewsRecord, PageRecord
from fanthology.pages.models import CustomPage, News
from fanthology.works.dates import instant

from ..digests import compare, digests_of, whole
from ..models import Conflict, SourceKey
from .known import Bringing

Made = TypeVar("Made", bound=models.Model)


def bring_news(bringing: Bringing, batch: list[NewsRecord]) -> None:
    def make(record: NewsRecord | PageRecord) -> News:
        author, date = (record.author, record.date) if isinstance(record, NewsRecord) else ("", None)
        return News(
            title=record.title[:255] or "Untitled",
            text=record.text,
            author_name=author[:200],
            written_at=instant(date),
            origin=bringing.site.name[:200],
            is_public=False,
        )

    _bring(bringing, "news", batch, News, make)


def bring_pages(bringing: Bringing, batch: list[PageRecord]) -> None:
    taken = set(CustomPage.objects.values_list("slug", flat=True))

    def make(record: NewsRecord | PageRecord) -> CustomPage:
        plain = slug_of(record.key, fallback="page")
        slug = next(
            slug
            for slug in (plain, *(f"{plain}-{bringing.site.slug}{tail}"[:100] for tail in ("", *range(2, 100))))
            if slug not in taken
        )
        taken.add(slug)
        return CustomPage(
            slug=slug, title=record.title[:255] or record.key[:255], text=record.text, origin=bringing.site.name[:200]
        )

    _bring(bringing, "page", batch, CustomPage, make)


def _bring(
    bringing: Bringing,
    kind: str,
    batch: list[NewsRecord] | list[PageRecord],
    model: type[Made],
    make: Callable[[NewsRecord | PageRecord], Made],
) -> None:
    with transaction.atomic():
        rows = bringing.known.rows(kind, [record.key for record in batch])
        new = [record for record in batch if record.key not in rows]
        made = model._default_manager.bulk_create([make(record) for record in new])  # noqa: SLF001 - Django's public name for it
        keys = [
            bringing.known.new(kind, record.key, thing.pk, _fields(record))
            for record, thing in zip(new, made, strict=True)
        ]
        bringing.known.save(keys)
        for record in batch:
            if record.key in rows:
                _meet_again(bringing, kind, record, rows[record.key], model)
        bringing.write_notes()
        reach(f"rescue.{kind}")
    bringing.account.did(kind, "added", len(new))


def _fields(record: NewsRecord | PageRecord) -> dict[str, object]:
    fields: dict[str, object] = {"title": record.title[:255] or "Untitled", "text": str(record.text)}
    if isinstance(record, NewsRecord):
        fields.update(author_name=record.author[:200], written_at=instant(record.date))
    return fields


def _meet_again(
    bringing: Bringing, kind: str, record: NewsRecord | PageRecord, row: SourceKey, model: type[Made]
) -> None:
    theirs = digests_of(_fields(record))
    thing = model._default_manager.filter(pk=row.object_id).first()  # noqa: SLF001 - see above
    outcome = bringing.known.outcome_of(row)
    if row.digest != whole(theirs) and thing is not None:
        ours = digests_of({name: getattr(thing, name) for name in _fields(record)})
        found = compare(imported=row.digests, theirs=theirs, ours=ours)
        for name in found.take:
            setattr(thing, name, _fields(record)[name])
        if found.take:
            thing.save()
        for name in found.conflicts:
            Conflict.objects.get_or_create(
                run=bringing.run, source_key=row, field=name, defaults={"theirs": str(_fields(record)[name])}
            )
        outcome = "conflict" if found.conflicts else "updated"
        row.digests, row.digest = theirs, whole(theirs)
        bringing.note(kind, record.key, outcome, title=record.title, object_id=row.object_id)
    row.last_run = bringing.run
    row.save()
    bringing.account.did(kind, outcome)
