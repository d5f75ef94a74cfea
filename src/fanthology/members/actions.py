"""What members do, one verb each."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from fanthology.base import ledger
from fanthology.base.models import Archive
from fanthology.base.pages import touch_archive
from fanthology.people.actions import add_keeper
from fanthology.people.models import Person


class HasAKeeper(Exception):
    """Somebody keeps this archive already; the first-run page is gone for good."""


def open_archive(*, name: str, tagline: str, login: str, password: str) -> Person:
    """Name a new archive and make its first keeper. Raises HasAKeeper, however many ask at the same moment."""
    with transaction.atomic():
        Archive.current()
        archive = Archive.objects.select_for_update().get(pk=1)
        if Person.objects.filter(is_keeper=True).exists():
            raise HasAKeeper
        archive.name, archive.tagline, archive.set_up_at = name.strip(), tagline.strip(), timezone.now()
        archive.save(update_fields=["name", "tagline", "set_up_at"])
        touch_archive()
        keeper = add_keeper(login=login, password=password)
        ledger.write("archive opened", "archive", archive.pk, actor=keeper.pk)
    return keeper
