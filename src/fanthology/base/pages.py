"""The page cache: whole pages that many people see alike, kept in this process by key and stamp.

A page is found again by its key (route, ids, consent, whatever else it shows) and by the circle of people who see it alike, and is
fresh while its stamp is the caller's: the work's and the archive's stamps from one lean query. Guests are one circle. Whoever is
logged in is given a kept page only where the caller names their circle. Kept pages hold no token, no nonce and no cookie, and
browsers ask again each time (`private, no-cache` with an ETag), so taking a page back works.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import get_language

from .models import Archive

WORTH_PACKING = 1024


@dataclass(slots=True)
class Kept:
    """A page as bytes, plain and (once somebody could take it) gzipped; `etag` names the plain bytes."""

    stamp: str
    etag: str
    body: bytes
    packed: bytes = b""

    @property
    def weight(self) -> int:
        return len(self.body) + len(self.packed) + 512


class KeptPages:
    """Pages by key, the least recently asked for thrown out beyond `room` bytes. Safe for threads."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.weight = 0
        self._pages: OrderedDict[str, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str, stamp: str) -> Kept | None:
        with self._lock:
            page = self._pages.get(key)
            if page is None or page.stamp != stamp:
                return None
            self._pages.move_to_end(key)
            return page

    def put(self, key: str, page: Kept) -> None:
        with self._lock:
            if old := self._pages.pop(key, None):
                self.weight -= old.weight
            if page.weight > self.room // 4:
                return
            self._pages[key] = page
            self.weight += page.weight
            self._make_room()

    def pack(self, key: str, page: Kept) -> None:
        """Add the gzipped form to a page that is still here. No token stands in it, so its length gives nothing away."""
        packed = gzip.compress(page.body, compresslevel=6, mtime=0)
        with self._lock:
            if self._pages.get(key) is page and not page.packed:
                page.packed = packed
                self.weight += len(packed)
                self._make_room()

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self.weight = 0

    def _make_room(self) -> None:
        while self.weight > self.room and self._pages:
            _, oldest = self._pages.popitem(last=False)
            self.weight -= oldest.weight


KEPT = KeptPages(settings.PAGE_CACHE_BYTES)


def is_guest(request: HttpRequest) -> bool:
    """Nobody is logged in, told from the cookies alone: no session is opened, no query made."""
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


def cached(
    request: HttpRequest,
    *,
    key: str,
    stamp: str,
    render: Callable[[], str],
    circle: str | None = None,
    max_age: int = 0,
    content_type: str = "text/html; charset=utf-8",
) -> HttpResponse:
    """The page for a GET: from the shelf, or rendered and kept; for those logged in outside any circle, always rendered.

    `key` says which page, `stamp` in which state: everything that the page depends on must be in one of them (the language is added
    here). `circle` names those who see every page alike: "" is the guests; None keeps pages for guests alone. `max_age` in seconds
    lets a guest's browser keep it without asking; leave 0 for whatever can be taken back.
    """
    if not is_guest(request):
        if circle is None:
            return _answer(request, _made(render(), stamp), packed=False, max_age=0, content_type=content_type)
        max_age = 0
    key = f"{get_language()}:{circle or ''}:{key}"
    page = KEPT.get(key, stamp)
    if page is None:
        page = _made(render(), stamp)
        KEPT.put(key, page)
    packed = len(page.body) >= WORTH_PACKING and "gzip" in request.headers.get("Accept-Encoding", "")
    if packed and not page.packed:
        KEPT.pack(key, page)
    return _answer(request, page, packed=packed and bool(page.packed), max_age=max_age, content_type=content_type)


def touch_archive() -> None:
    """Something changed that many pages show: every kept page is stale. Call inside the transaction of the change."""
    Archive.objects.filter(id=1).update(stamp=F("stamp") + 1)


def _made(text: str, stamp: str) -> Kept:
    body = text.encode()
    return Kept(stamp=stamp, etag=hashlib.blake2b(body, digest_size=12).hexdigest(), body=body)


def _answer(request: HttpRequest, page: Kept, *, packed: bool, max_age: int, content_type: str) -> HttpResponse:
    etag = f'"{page.etag}-gzip"' if packed else f'"{page.etag}"'
    response: HttpResponse
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(page.packed if packed else page.body, content_type=content_type)
        if packed:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = etag
    response["Cache-Control"] = f"private, max-age={max_age}" if max_age else "private, no-cache"
    response["Vary"] = "Accept-Encoding, Cookie"
    return response
