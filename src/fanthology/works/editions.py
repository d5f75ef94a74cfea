"""Downloads: a rendering of one version of a work, built once and kept as a blob.

The same version gives the same bytes, because e-readers know a file by a digest of pieces of it; the digests of every
edition ever served are remembered even when the blob is dropped and built again.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from fanthology.base import blobs
from fanthology.base.models import Archive
from fanthology.formats import WriteOptions, write

from .addresses import work_url
from .models import Edition, Work
from .stories import story_of

_PIECE = 1024
_OFFSETS = (0, *(_PIECE << (2 * power) for power in range(11)))


@dataclass(frozen=True, slots=True)
class Format:
    """A download format: the writer's name, the extension of its address and its media type."""

    writer: str
    extension: str
    media_type: str
    label: str


FORMATS = {
    format_.extension: format_
    for format_ in (
        Format("epub", "epub", "application/epub+zip", "EPUB"),
        Format("html", "html", "text/html; charset=utf-8", "HTML"),
        Format("text", "txt", "text/plain; charset=utf-8", "Text"),
        Format("json", "json", "application/json", "JSON"),
    )
}


def edition_of(work: Work, extension: str) -> tuple[Edition, bytes]:
    """The current edition of a posted work and its bytes, built where it is not kept yet."""
    kept = Edition.objects.filter(work=work, version=work.version, format=extension, blob__isnull=False).first()
    if kept is not None and kept.blob_id is not None:
        return kept, blobs.read(kept.blob_id)
    data = build(work, extension)
    digest, partial = hashlib.sha256(data).hexdigest(), partial_md5(data)
    blob = blobs.put(data, media_type=FORMATS[extension].media_type)
    with transaction.atomic():
        edition, _ = Edition.objects.update_or_create(
            work=work,
            version=work.version,
            format=extension,
            defaults={"blob": blob, "sha256": digest, "partial_md5": partial, "size": len(data)},
        )
    return edition, data


def build(work: Work, extension: str, *, all_chapters: bool = False) -> bytes:
    """The bytes of an edition, not kept: for previews of what is not posted yet, and for `edition_of`."""
    out = io.BytesIO()
    write(story_of(work, all_chapters=all_chapters), FORMATS[extension].writer, out=out, options=_options(work))
    return out.getvalue()


def partial_md5(data: bytes) -> str:
    """How KOReader names a book: MD5 over 1,024 bytes at 0 and at 1,024 · 4^n for n = 0..10, as far as the file goes."""
    digest = hashlib.md5(usedforsecurity=False)
    for offset in _OFFSETS:
        piece = data[offset : offset + _PIECE]
        if not piece:
            break
        digest.update(piece)
    return digest.hexdigest()


def _options(work: Work) -> WriteOptions:
    archive = Archive.current()
    address = settings.BASE_URL.rstrip("/") + work_url(work.pk)
    signed = [line.pen_name for line in work.authorship.select_related("pen_name")]
    absent = not work.anonymous and any(pen_name.status == "unclaimed" for pen_name in signed)
    return WriteOptions(
        identifier=address,
        site_name=archive.name,
        site_url=settings.BASE_URL,
        work_url=address,
        # An EPUB may not be without this instant: where the story has no date, it is the row's own, which never changes.
        modified=(work.revised_at if work.date_is_known else work.made_at).strftime("%Y-%m-%dT%H:%M:%SZ"),
        byline_note=f"from {work.origin}; the author is not here" if absent and work.origin else "",
    )
