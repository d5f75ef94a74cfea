"""The keeper's table: what every tag and rating of a former site becomes here, before it is brought in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fanthology.formats.dumps.records import SiteRecord
from fanthology.formats.model import RATINGS
from fanthology.tags.models import Kind

from .actions import change_mapping, site_for
from .bringing.tags import KINDS
from .models import Run, Site, TagMapping

SOURCES = {"categories": "Category", "characters": "Character", "classes": "Class", "ratings": "Rating"}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. `field` names its two inputs; `kind` None = left out."""

    field: str
    source: str
    key: str
    label: str
    old_name: str
    kind: int | None
    name: str
    is_rating: bool


def site_of(run: Run, hosts: Iterable[str] = ()) -> Site:
    """The site of a run, known from its report; added when it is needed for the first time."""
    if run.site is not None and not hosts:
        return run.site
    record = SiteRecord(**run.report["site"]) if run.report.get("site") else SiteRecord(name="")
    return site_for(run=run, record=record, hosts=hosts)


def lines(run: Run) -> list[Line]:
    """Every tag and rating found, as the keeper mapped it or as the reader proposes."""
    saved = {(row.source, row.old_id): row for row in TagMapping.objects.filter(site=run.site)} if run.site else {}
    found = []
    for tag in run.report.get("tags", []):
        row = saved.get((tag["source"], tag["key"]))
        proposed: int | None = KINDS[tag["kind"]]
        found.append(
            Line(
                field=f"{tag['source']}-{tag['key']}",
                source=tag["source"],
                key=tag["key"],
                label=tag["group"] or SOURCES.get(tag["source"], tag["source"].capitalize()),
                old_name=tag["name"],
                kind=row.kind_id if row else proposed,
                name=row.name if row else tag["mapped"] or ("" if tag["source"] == "ratings" else tag["name"]),
                is_rating=tag["source"] == "ratings",
            )
        )
    return found


def our_ratings() -> tuple[str, ...]:
    return RATINGS


def save_choices(*, run: Run, chosen: Mapping[str, str], actor: int) -> int:
    """Write down every line that the keeper changed; returns how many. What is not in the form is left alone."""
    kinds = set(Kind.objects.values_list("pk", flat=True)) - {Kind.RATING}
    changed = 0
    for line in lines(run):
        if f"name-{line.field}" not in chosen:
            continue
        name = chosen[f"name-{line.field}"].strip()
        asked = chosen.get(f"kind-{line.field}", "")
        kind = Kind.RATING if line.is_rating else next((known for known in kinds if str(known) == asked), None)
        if line.is_rating and name not in ("", *RATINGS):
            continue
        if (kind, name) != (line.kind, line.name):
            change_mapping(mapping=_row(run, line), kind=kind, name=name, actor=actor)
            changed += 1
    return changed


def _row(run: Run, line: Line) -> TagMapping:
    row = TagMapping.objects.filter(site=site_of(run), source=line.source, old_id=line.key).first()
    return row or TagMapping(
        site=site_of(run), source=line.source, old_id=line.key, old_name=line.old_name[:250], group=line.label[:100]
    )
