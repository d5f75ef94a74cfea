"""Where an old address leads, behind all middleware."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from ..addresses import is_front_page
from ..answering import redirect_for


def old_address(request: HttpRequest) -> HttpResponse:
    """301 or 302 to the new place, 300 where several are meant, 410 and 451 for what was taken back, else 404."""
    response = redirect_for(request)
    if response is not None:
        return response
    if getattr(request, "is_former_host", False) and is_front_page(request.path_info, getattr(request, "old_host", "")):
        return HttpResponsePermanentRedirect(f"{settings.BASE_URL}/")
    raise Http404
