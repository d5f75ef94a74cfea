"""What was taken back stays away after a restore, and nobody else pays for it."""

from __future__ import annotations

from fanthology.base import erasures
from fanthology.works.models import Tombstone, Work
from tests import factories


def test_an_erased_id_that_no_backup_knew_is_never_given_out_again(db: None) -> None:
    kept = factories.make_work("Kept")
    gone = kept.pk + 1
    erasures.remember("work", gone)
    assert erasures.replay() == 0
    assert Tombstone.objects.get().work_id == gone
    newcomer = factories.make_work("Newcomer")
    assert newcomer.pk > gone
    assert erasures.replay() == 0
    assert set(Work.objects.all()) == {kept, newcomer}
    assert factories.make_work("Next").pk > newcomer.pk, "the counter never goes back"


def test_the_first_work_of_all_gets_no_erased_id_either(db: None) -> None:
    erasures.remember("work", 9_000_000)
    erasures.replay()
    assert factories.make_work("First").pk == 9_000_001


def test_a_newcomer_that_got_an_erased_id_is_spared(db: None) -> None:
    """As after a restore to which nobody gave the journal: it came too late, and so did the work."""
    kept = factories.make_work("Kept")
    erasures.remember("work", kept.pk + 1)
    newcomer = factories.make_work("Newcomer")
    assert newcomer.pk == kept.pk + 1
    assert erasures.replay() == 0
    assert Work.objects.filter(pk=newcomer.pk).exists()
