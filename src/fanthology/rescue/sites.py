"""Which former site a dump is of: known by its address, else by its name; or new."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.db import transaction

from fanthology.base.folding import fold, slug_of
from fanthology.formats.dumps.records import SiteRecord

from .models import Host, Site


def place_of(address: str) -> tuple[str, str]:
    """Host and folder: http://www.Old.example:80/archive/ is ("old.example", "/archive"); ("", "") for what is no address."""
    address = address.strip()
    parts = urlsplit(address if "//" in address else f"//{address}")
    try:
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:
        return "", ""
    return host[:253], parts.path.rstrip("/")[:200]


def same_site(record: SiteRecord, *, name: str = "") -> Site | None:
    """The site we know already that this record (or the name a keeper gave) means."""
    wanted = fold(name or record.name)
    address = place_of(record.url)
    candidates = list(Site.objects.order_by("id"))
    if name:
        return next((site for site in candidates if fold(site.name) == wanted), None)
    if address[0]:
        found = next(
            (site for site in candidates if place_of(site.address) == address and _same_prefix(site, record)), None
        )
        if found is not None:
            return found
    return next(
        (
            site
            for site in candidates
            if fold(site.name) == wanted and (not address[0] or not site.address or place_of(site.address) == address)
        ),
        None,
    )


def _same_prefix(site: Site, record: SiteRecord) -> bool:
    return not site.prefix or not record.prefix or site.prefix == record.prefix


def find_or_add_site(record: SiteRecord, *, name: str = "", hosts: Iterable[str] = ()) -> Site:
    """The site of a run, with the hosts under which it answered. Hosts that another site has stay with that one."""
    with transaction.atomic():
        site = same_site(record, name=name)
        if site is None:
            title = (name or record.name or "Unnamed site")[:200]
            site = Site.objects.create(
                name=title,
                slug=_free_slug(title),
                software=record.software[:60],
                version=record.version[:30],
                prefix=record.prefix[:60],
                address=record.url[:500],
            )
        for address in dict.fromkeys((record.url, *hosts)):
            host, path = place_of(address)
            if host and not _is_local(host):
                Host.objects.get_or_create(host=host, path=path, defaults={"site": site})
    return site


def _is_local(host: str) -> bool:
    """A dump of a test copy names the machine it ran on; nobody's links point there."""
    return host == "localhost" or host.startswith("127.")


def _free_slug(name: str) -> str:
    plain = slug_of(name, fallback="site")
    taken = set(Site.objects.filter(slug__startswith=plain).values_list("slug", flat=True))
    number, slug = 1, plain
    while slug in taken:
        number += 1
        slug = f"{plain}-{number}"
    return slug
