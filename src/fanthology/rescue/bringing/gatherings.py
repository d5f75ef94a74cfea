"""Challenges of the former site → challenges here, unseen until something of the run is published."""

from __future__ import annotations

from django.db import transaction

from fanthology.base.failpoints import reach
from fanthology.formats.dumps.records import ChallengeRecord
from fanthology.gatherings.models import Challenge

from .known import Bringing
from .people import FORBIDDEN
from .tags import Tags


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
            found = {tag.pk for source, key in record.tags if (tag := tags.of(source, key)) is not None}
            links.extend(Challenge.tags.through(challenge_id=challenge.pk, tag_id=tag) for tag in sorted(found))
        Challenge.tags.through.objects.bulk_create(links, batch_size=200)
        bringing.known.save(
            [
                bringing.known.new(
                    "challenge", record.key, made_.pk, {"title": record.title, "summary": str(record.summary)}
                )
                for record, made_ in zip(new, made, strict=True)
            ]
        )
        bringing.known.seen_again(rows.values())
        bringing.write_notes()
        reach("rescue.challenges")
    bringing.account.did("challenge", "added", len(new))
    for row in rows.values():
        bringing.account.did("challenge", bringing.known.outcome_of(row))


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
