"""Old addresses come first: on our own hosts, and on every former host that still points here.

A path that cannot be an old address costs one comparison. One that can is answered by `views.old_address` behind all
other middleware, so that access is asked of whoever is logged in. On a former host that is not one of ours everything
is answered as if our own host had been asked, and redirects name the archive's own address.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host

from . import addresses
from .models import Host

OLD_URLS = "fanthology.config.old_urls"
KEPT_SECONDS = 10.0


class FormerHosts:
    """The former hosts, kept for ten seconds: asked for only when a host is not one of ours."""

    def __init__(self) -> None:
        self._hosts: frozenset[str] = frozenset()
        self._until = 0.0

    def __contains__(self, host: str) -> bool:
        now = time.monotonic()
        if now > self._until:
            self._hosts = frozenset(Host.objects.values_list("host", flat=True))
            self._until = now + KEPT_SECONDS
        return host in self._hosts

    def forget(self) -> None:
        self._until = 0.0


FORMER = FormerHosts()


class OldAddresses:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = str(request.META.get("HTTP_HOST", ""))
        is_former = not _is_ours(host) and addresses.bare_host(host) in FORMER
        if is_former:
            request.META["HTTP_HOST"] = urlsplit(settings.BASE_URL).netloc
        request.old_host = host  # type: ignore[attr-defined]
        request.is_former_host = is_former  # type: ignore[attr-defined]
        if request.method in ("GET", "HEAD") and (is_former or addresses.looks_old(request.path_info)):
            request.urlconf = OLD_URLS
            return self.get_response(request)
        response = self.get_response(request)
        if response.status_code == 404 and request.method in ("GET", "HEAD"):
            return self._by_row(request) or response
        return response

    def _by_row(self, request: HttpRequest) -> HttpResponse | None:
        """What our own map does not know may be a page that somebody saved: asked only where we would say 404."""
        from .answering import redirect_for

        return redirect_for(request)


def _is_ours(host: str) -> bool:
    domain, _ = split_domain_port(host)
    return not host or validate_host(domain, settings.ALLOWED_HOSTS)
