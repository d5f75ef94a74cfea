"""The ledger: whatever is changed behind its back shows; what is erased does not break it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from fanthology.base import ledger
from fanthology.base.models import LedgerDetail, LedgerEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries() -> list[LedgerEntry]:
    return [
        ledger.write("work.posted", "work", number, actor=1, title=f"Title {number}", words=100)
        for number in range(1, 6)
    ]


def codes() -> list[str]:
    return [fault.code for fault in ledger.verify()]


def test_an_honest_ledger_is_whole(entries):
    assert codes() == []
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert ledger.details_of(entries[0]) == {"title": "Title 1", "words": 100}
    assert ledger.head() == entries[4]


@pytest.mark.parametrize(
    "change",
    [
        {"verb": "work.hidden"},
        {"actor": 2},
        {"actor": None},
        {"subject": "tag"},
        {"subject_id": 9},
        {"details_sha256": "0" * 64},
    ],
)
def test_a_changed_entry_shows(entries, change):
    LedgerEntry.objects.filter(number=3).update(**change)
    assert "ledger.changed" in codes()


def test_a_changed_entry_with_a_new_seal_breaks_the_chain(entries):
    entry = entries[2]
    entry.verb = "work.hidden"
    entry.sha256 = ledger._seal(entry)
    entry.save()
    assert codes() == ["ledger.broken"]


def test_changed_or_vanished_details_show(entries):
    LedgerDetail.objects.filter(entry=entries[1]).update(text='{"title":"Another"}')
    LedgerDetail.objects.filter(entry=entries[3]).delete()
    assert codes() == ["ledger.details-changed", "ledger.details-missing"]


def test_a_removed_entry_shows(entries):
    entries[1].delete()
    assert codes() == ["ledger.gap"]


def test_erasing_takes_the_details_and_nothing_else(entries):
    assert ledger.erase("work", 2, actor=None) == 1
    assert ledger.details_of(entries[1]) is None
    assert codes() == []
    ledger.write("work.posted", "work", 2, actor=1, title="Again")
    LedgerDetail.objects.filter(entry__number=7).delete()
    assert codes() == ["ledger.details-missing"]


def test_the_digest_left_behind_cannot_be_guessed(entries):
    twins = [ledger.write("member.left", "person", number, actor=None, name="Mina") for number in (1, 2)]
    assert twins[0].details_sha256 != twins[1].details_sha256


def test_nothing_is_written_when_the_verb_fails(entries):
    with transaction.atomic():
        ledger.write("work.posted", "work", 9, actor=1)
        transaction.set_rollback(True)
    assert LedgerEntry.objects.count() == 5


def test_the_table_itself_refuses_a_fork(entries):
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.create(
            number=5,
            at=entries[0].at,
            verb="x",
            subject="x",
            subject_id=1,
            details_sha256="0",
            previous="1",
            sha256="2",
        )


APPEND = "from fanthology.base import ledger\nfor n in range(30): ledger.write('test', 'n', n, actor=None)"


def test_two_processes_write_one_chain(archive):
    writers = [archive.start(APPEND) for _ in range(2)]
    assert [writer.communicate() and writer.returncode for writer in writers] == [0, 0]
    look = "from fanthology.base import ledger; print(ledger.head().number, ledger.verify())"
    assert archive.says(look) == "60 []"
