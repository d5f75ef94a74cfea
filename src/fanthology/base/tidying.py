"""What the ground floor does by itself, once a day: forget what is over."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone

from . import blobs, jobs, outbox, sealed
from .bulk import learn_sizes
from .cache import SqliteCache
from .jobs import Again, Run, task


@task("base.tidy", lane="long", every=timedelta(days=1), called="Tidy up")
def tidy(run: Run) -> Again | None:
    """Old jobs, read news, ended sessions, expired counts, sealed sources past their date, blobs nobody needs; and how full tables are."""
    jobs.tidy()
    outbox.tidy()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    if isinstance(cache, SqliteCache):
        cache.tidy()
    sealed.purge(timezone.localdate())
    learn_sizes()
    run.checkpoint()
    blobs.delete_unused()
    return None
