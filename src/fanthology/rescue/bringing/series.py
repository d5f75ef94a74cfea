"""Series of the former site, put on the shelf when all of them are known: one may stand inside another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from fanthology.base.failpoints import reach
from fanthology.formats import Finding
from fanthology.formats.dumps.records import SeriesRecord
from fanthology.gatherings.actions import answer_challenges
from fanthology.works.actions import CircularSeries, change_series, set_series_places
from fanthology.works.models import Series, Work

from ..digests import compare, digests_of, whole
from ..models import Conflict, SourceKey
from .known import Bringing

STORY_LEFT_OUT = "its story was left out"
NOT_HERE = "what stood there is not here"


@dataclass(slots=True)
class SeriesShelf:
    bringing: Bringing
    _waiting: list[SeriesRecord] = field(default_factory=list)

    def take(self, record: SeriesRecord) -> None:
        """Write the series itself; its places wait until `put_up`."""
        bringing = self.bringing
        with transaction.atomic():
            row = bringing.known.rows("series", [record.key]).get(record.key)
            outcome = self._add(record) if row is None else self._meet_again(record, row)
            bringing.write_notes()
            reach("rescue.series")
        bringing.account.did("series", outcome)
        if record.tags:
            kept = Finding(
                "series.tags",
                "info",
                "Tags of a series are not kept; those of its stories are",
                record.title,
                count=len(record.tags),
            )
            bringing.account.found([kept], record.title)
        self._waiting.append(record)
        bringing.beat()

    @property
    def is_empty(self) -> bool:
        return not self._waiting

    def put_up(self) -> None:
        """Give every series its places, in order. Circles are refused, and said."""
        waiting, self._waiting = self._waiting, []
        for record in waiting:
            self._put(record)
            self.bringing.beat()

    def _add(self, record: SeriesRecord) -> str:
        bringing = self.bringing
        series = Series(
            title=record.title[:255] or "Untitled",
            summary=record.summary,
            openness=record.openness,
            origin=bringing.site.name[:200],
        )
        series.save()
        series.authors.set(self._authors(record))
        answer_challenges(answer=series, challenge_ids=self._challenges(record))
        bringing.known.save([bringing.known.new("series", record.key, series.pk, self._fields(record))])
        return "added"

    def _authors(self, record: SeriesRecord) -> list[int]:
        author = self.bringing.known.id("person", record.author or "")
        return [author] if author is not None else []

    def _challenges(self, record: SeriesRecord) -> list[int]:
        found = {self.bringing.known.id("challenge", key) for key in record.challenges}
        return sorted(challenge for challenge in found if challenge is not None)

    def _meet_again(self, record: SeriesRecord, row: SourceKey) -> str:
        bringing = self.bringing
        theirs, outcome = digests_of(self._fields(record)), bringing.known.outcome_of(row)
        series = Series.objects.filter(pk=row.object_id).first()
        if row.digest != whole(theirs) and series is not None:
            fields: dict[str, Any] = self._fields(record)
            here: dict[str, object] = {
                "title": series.title,
                "summary": series.summary,
                "openness": series.openness,
                "places": self._places_here(series),
                "authors": sorted(series.authors.values_list("pk", flat=True)),
                "challenges": sorted(series.challenge_responses.values_list("challenge_id", flat=True)),
            }
            found = compare(imported=row.digests, theirs=theirs, ours=digests_of(here))
            if "challenges" in found.take:
                series.challenge_responses.all().delete()
                answer_challenges(answer=series, challenge_ids=self._challenges(record))
            if found.take:
                plain = {"title", "summary", "openness", "authors"} & found.take
                change_series(series=series, **{name: fields[name] for name in plain})
            for name in found.conflicts:
                Conflict.objects.get_or_create(
                    run=bringing.run, source_key=row, field=name, defaults={"theirs": str(self._fields(record)[name])}
                )
            outcome = "conflict" if found.conflicts else "updated"
            row.digests = {
                **theirs,
                "places": theirs["places"] if "places" not in found.conflicts else row.digests.get("places", ""),
            }
            row.digest = whole(theirs)
            bringing.note("series", record.key, outcome, title=record.title, object_id=row.object_id)
        row.last_run = bringing.run
        row.save()
        return outcome

    def _fields(self, record: SeriesRecord) -> dict[str, object]:
        return {
            "title": record.title[:255] or "Untitled",
            "summary": str(record.summary),
            "openness": record.openness,
            "places": [[kind, key, confirmed] for kind, key, confirmed in record.places],
            "authors": self._authors(record),
            "challenges": self._challenges(record),
        }

    def _places_here(self, series: Series) -> list[list[object]]:
        known = self.bringing.known
        works = {pk: key for key, pk in known.ids["work"].items()}
        shelf = {pk: key for key, pk in known.ids["series"].items()}
        return [
            ["story", works.get(place.work_id, ""), place.confirmed]
            if place.work_id
            else ["series", shelf.get(place.subseries_id or 0, ""), place.confirmed]
            for place in series.places.order_by("position")
        ]

    def _put(self, record: SeriesRecord) -> None:
        bringing = self.bringing
        series = Series.objects.filter(pk=bringing.known.id("series", record.key) or 0).first()
        if series is None:
            return
        places, seen = [], set()
        for kind, key, confirmed in record.places:
            found = bringing.known.id("work" if kind == "story" else "series", key)
            if found is None or (kind, found) in seen:
                left = kind == "story" and key in bringing.known.left_out["work"]
                bringing.account.left_out_here("place", STORY_LEFT_OUT if left else NOT_HERE)
                continue
            seen.add((kind, found))
            held: Work | Series = Work(pk=found) if kind == "story" else Series(pk=found)
            places.append((held, confirmed))
        if self._stands_already(series, places):
            return
        with transaction.atomic():
            self._place(record, series, places)
            reach("rescue.series-placed")

    def _stands_already(self, series: Series, places: list[tuple[Work | Series, bool]]) -> bool:
        here = [(place.work_id, place.subseries_id, place.confirmed) for place in series.places.order_by("position")]
        wanted = [
            (held.pk if isinstance(held, Work) else None, held.pk if isinstance(held, Series) else None, confirmed)
            for held, confirmed in places
        ]
        if here == wanted:
            return True
        row = SourceKey.objects.get(site=self.bringing.site, kind="series", object_id=series.pk)
        return bool(here) and row.conflicts.filter(run=self.bringing.run, field="places").exists()

    def _place(self, record: SeriesRecord, series: Series, places: list[tuple[Work | Series, bool]]) -> None:
        while True:
            try:
                set_series_places(series=series, places=places)
                return
            except CircularSeries:
                culprit = next(
                    held for held, _ in places if isinstance(held, Series) and self._closes_circle(series, held)
                )
                places = [place for place in places if place[0] is not culprit]
                said = Finding(
                    "series.circle",
                    "warning",
                    "A series stood inside itself; that place was left out",
                    f"series[{record.key}]",
                )
                self.bringing.account.found([said], record.title)
                self.bringing.account.left_out_here("place", "it would put a series inside itself")

    @staticmethod
    def _closes_circle(series: Series, held: Series) -> bool:
        try:
            with transaction.atomic():
                set_series_places(series=series, places=[(held, True)])
                transaction.set_rollback(True)
        except CircularSeries:
            return True
        return False
