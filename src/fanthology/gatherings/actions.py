"""What is done to challenges, one verb each. Their kept pages go by the last event of the outbox."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from fanthology.base import ledger, outbox
from fanthology.works.models import Series, Work

from .models import Challenge, ChallengeResponse


def change_challenge(
    *,
    challenge: Challenge,
    title: str | None = None,
    summary: str | None = None,
    challenger: tuple[int | None, str] | None = None,
    tags: Iterable[int] | None = None,
    actor: int | None = None,
) -> Challenge:
    """What a challenge says; None stays as it is. `challenger` is the id of a pen name, or None and a guest's name."""
    with transaction.atomic():
        current = Challenge.objects.select_for_update().get(pk=challenge.pk)
        current.title = current.title if title is None else title
        current.summary = current.summary if summary is None else summary
        current.challenger_id, current.challenger_name = challenger or (current.challenger_id, current.challenger_name)
        current.stamp += 1
        current.save()
        if tags is not None:
            current.tags.set(tags)
        outbox.publish("challenge.changed", "challenge", current.pk)
        if actor is not None:
            ledger.write("challenge changed", "challenge", current.pk, actor=actor)
    return current


def answer_challenges(*, answer: Work | Series, challenge_ids: Iterable[int]) -> None:
    """Say of a work or a series that it answers these challenges too."""
    work, series = (answer, None) if isinstance(answer, Work) else (None, answer)
    with transaction.atomic():
        here = set(answer.challenge_responses.values_list("challenge_id", flat=True))
        new = sorted(set(challenge_ids) - here)
        ChallengeResponse.objects.bulk_create(
            [ChallengeResponse(challenge_id=challenge_id, work=work, series=series) for challenge_id in new]
        )
        for challenge_id in new:
            outbox.publish("challenge.answered", "challenge", challenge_id)
