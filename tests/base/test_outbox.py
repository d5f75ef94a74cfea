"""The outbox: news comes in order, at least once, and only when it became true."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from fanthology.base import outbox
from fanthology.base.models import OutboxCursor, OutboxEvent
from fanthology.base.worker import deliver_all

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def consumers() -> Iterator[None]:
    before = dict(outbox.CONSUMERS)
    outbox.CONSUMERS.clear()
    yield
    outbox.CONSUMERS.clear()
    outbox.CONSUMERS.update(before)


def listen(name: str = "ear", *, topics: tuple[str, ...] = ()) -> list[int]:
    heard: list[int] = []
    outbox.consumer(name, topics=topics)(lambda events: heard.extend(event.subject_id for event in events))
    return heard


def test_news_comes_in_order_once_and_only_of_the_wanted_topics():
    works, everything = listen("works", topics=("work.", "tag.renamed")), listen("everything")
    for number, topic in enumerate(["work.posted", "tag.renamed", "tag.merged", "workshop", "work.hidden"]):
        outbox.publish(topic, "thing", number, words=3)
    deliver_all()
    deliver_all()
    assert works == [0, 1, 4]
    assert everything == [0, 1, 2, 3, 4]


def test_what_was_rolled_back_is_no_news():
    heard = listen()
    with transaction.atomic():
        outbox.publish("work.posted", "work", 1)
        transaction.set_rollback(True)
    outbox.publish_many("work.posted", "work", [2, 3])
    deliver_all()
    assert heard == [2, 3]


def test_a_consumer_that_fails_is_told_again_and_holds_up_no_other():
    heard, fails = listen(), [True]

    @outbox.consumer("moody")
    def moody(events: list[OutboxEvent]) -> None:
        if fails:
            fails.pop()
            raise ZeroDivisionError
        heard.append(-events[0].subject_id)

    outbox.publish("work.posted", "work", 1)
    deliver_all()
    assert heard == [1]
    deliver_all()
    assert heard == [1, -1]


def test_one_worker_at_a_time_reads_for_a_consumer():
    heard = listen()
    outbox.publish("work.posted", "work", 1)
    OutboxCursor.objects.create(consumer="ear", lease="another", lease_until=timezone.now() + timedelta(seconds=9))
    assert outbox.deliver("ear") == 0
    OutboxCursor.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert outbox.deliver("ear") == 1
    assert heard == [1]


def test_an_idle_consumer_costs_two_questions(django_assert_num_queries):
    listen()
    outbox.publish("work.posted", "work", 1)
    deliver_all()
    with django_assert_num_queries(2):
        deliver_all()


def test_reading_again_from_a_former_position():
    heard = listen()
    outbox.publish("work.posted", "work", 1)
    before = outbox.position()
    outbox.publish("work.posted", "work", 2)
    deliver_all()
    outbox.rewind("ear", before)
    deliver_all()
    assert heard == [1, 2, 2]
    outbox.advance("ear", 0)
    assert outbox.pending("ear") == []


def test_only_old_news_that_everybody_read_is_forgotten():
    listen("quick")
    for number in (1, 2):
        outbox.publish("work.posted", "work", number)
    deliver_all()
    assert outbox.tidy() == 0
    OutboxEvent.objects.update(created_at=timezone.now() - timedelta(days=40))
    listen("new")
    assert outbox.tidy() == 0
    deliver_all()
    assert outbox.tidy() == 2


def test_a_worker_killed_between_hearing_and_remembering_is_told_again(archive):
    code = """
from fanthology.base import outbox
from fanthology.base.models import OutboxEvent
from fanthology.base.worker import drain
outbox.CONSUMERS.clear()
@outbox.consumer("test", topics=("test.",))
def hear(events):
    print([event.subject_id for event in events], flush=True)
"""
    archive.says(code + "outbox.publish_many('test.x', 'x', [1, 2])")
    killed = archive.python(code + "drain()", FANTHOLOGY_FAIL_AT="outbox.drained:1")
    assert (killed.returncode, killed.stdout.strip()) == (-signal.SIGKILL, "[1, 2]")
    free = (
        "from fanthology.base.models import OutboxCursor; OutboxCursor.objects.update(lease_until='2000-01-01T00:00Z');"
    )
    assert archive.says(code + free + "drain()") == "[1, 2]"
    assert archive.says(code + "drain()") == ""
