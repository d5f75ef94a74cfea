"""Challenges of the former site → challenges here, unseen until something of the run is published."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from fanthology.base.failpoints import reach
from fanthology.formats.dumps.records import ChallengeRecord
from fanthology.gatherings.actions import change_challenge
from fanthology.gatherings.models import Challenge

from ..digests import compare, digests_of, whole
from ..models import Conflict, SourceKey
from .known import Bringing
from .people import FORBIDDEN
from .tags import Tags

PLAIN = ("title", "summary", "challenger_id", "challenger_name")


def bring_challenges(bringing: Bringing, batch: list[ChallengeRecord], tags: Tags) -> None:
    allowed = []
    for record in batch:
        if record.challenger_key in bringing.known.left_out["person"]:
            bringing.leave_out("challenge", record.key, FORBIDDEN)
        else:
            allowed.append(record)
    with transaction.atomic():
        rows = bringing.known.rows("challenge", [record.key for record in allowed])
        new = [record for record in allowed if record.key not in rows]
        made = Challenge.objects.bulk_create([_challenge(bringing, record) for record in new])
        links = []  # type: ignore[var-annotated]  # rows of a table that Django makes
        for record, challenge in zip(new, made, strict=True):
            links.extend(
                Challenge.tags.through(challenge_id=challenge.pk, tag_id=tag) for tag in _tag_ids(record, tags)
            )
        Challenge.tags.through.objects.bulk_create(links, batch_size=200)
        bringing.known.save(
            [
                bringing.known.new("challenge", record.key, made_.pk, _fields(bringing, record, tags))
                for record, made_ in zip(new, made, strict=True)
            ]
        )
        outcomes = [_meet_again(bringing, record, rows[record.key], tags) for record in allowed if record.key in rows]
        bringing.write_notes()
        reach("rescue.challenges")
    bringing.account.did("challenge", "added", len(new))
    for outcome in outcomes:
        bringing.account.did("challenge", outcome)


def _tag_ids(record: ChallengeRecord, tags: Tags) -> list[int]:
    return sorted({tag.pk for source, key in record.tags if (tag := tags.of(source, key)) is not None})


def _fields(bringing: Bringing, record: ChallengeRecord, tags: Tags) -> dict[str, object]:
    made = _challenge(bringing, record)
    return {**{name: getattr(made, name) for name in PLAIN}, "tags": _tag_ids(record, tags)}


def _meet_again(bringing: Bringing, record: ChallengeRecord, row: SourceKey, tags: Tags) -> str:
    """Take what changed there and not here; what changed on both sides is listed."""
    fields, outcome = _fields(bringing, record, tags), bringing.known.outcome_of(row)
    theirs = digests_of(fields)
    challenge = Challenge.objects.filter(pk=row.object_id).first()
    if row.digest != whole(theirs) and challenge is not None:
        here: dict[str, Any] = {name: getattr(challenge, name) for name in PLAIN}
        ours = digests_of({**here, "tags": sorted(challenge.tags.values_list("pk", flat=True))})
        found = compare(imported=row.digests, theirs=theirs, ours=ours)
        if found.take:
            new = {**here, **{name: fields[name] for name in found.take}}
            change_challenge(
                challenge=challenge,
                title=new["title"],
                summary=new["summary"],
                challenger=(new["challenger_id"], new["challenger_name"]),
                tags=_tag_ids(record, tags) if "tags" in found.take else None,
            )
        for name in found.conflicts:
            Conflict.objects.get_or_create(
                run=bringing.run, source_key=row, field=name, defaults={"theirs": str(fields[name])}
            )
        outcome = "conflict" if found.conflicts else "updated"
        row.digests, row.digest = theirs, whole(theirs)
        bringing.note("challenge", record.key, outcome, title=challenge.title, object_id=challenge.pk)
    row.last_run = bringing.run
    row.save()
    return outcome


def _challenge(bringing: Bringing, record: ChallengeRecord) -> Challenge:
    challenger = bringing.known.id("person", record.challenger_key or "")
    return Challenge(
        title=record.title[:255] or "Untitled",
        summary=record.summary,
        challenger_id=challenger,
        challenger_name="" if challenger is not None else record.challenger[:200],
        origin=bringing.site.name[:200],
        is_public=False,
    )
