"""Is this form ours? For the two forms that stand on pages kept for everyone and can therefore hold no token.

Both only set a harmless cookie (how text looks, that a reader wants works for adults). Browsers say where a form came
from (`Sec-Fetch-Site`, else `Origin`); those that say nothing are believed, those that name another site are not.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def is_from_here(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return not origin or urlsplit(origin).netloc == request.get_host()


def safe_next(request: HttpRequest, fallback: str = "/") -> str:
    """The `next` of a form or query where it stays on this very site, else `fallback`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_safe else fallback
