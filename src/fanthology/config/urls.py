"""The map of addresses. Every room that has some brings its own; they are asked from the top floor down."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from fanthology.base import web

ROOMS = [room for room in reversed(settings.ROOMS) if find_spec(f"fanthology.{room}.urls")]

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", web.health, name="health"),
    *(path("", include(f"fanthology.{room}.urls")) for room in ROOMS),
]

handler400 = web.bad_request
handler403 = web.forbidden
handler404 = web.missing
handler500 = web.broken
