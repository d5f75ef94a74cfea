"""What is done to the archive's own pages."""

from __future__ import annotations

from django.db import transaction

from fanthology.base import ledger
from fanthology.base.pages import touch_archive

from .models import CustomPage


def show_page(*, page: CustomPage, is_public: bool, actor: int | None = None) -> CustomPage:
    """Make a page public, or private again."""
    with transaction.atomic():
        current = CustomPage.objects.select_for_update().get(pk=page.pk)
        current.is_public = is_public
        current.save(update_fields=["is_public"])
        ledger.write("page shown" if is_public else "page made private", "page", current.pk, actor=actor)
        touch_archive()
    return current
