"""A small eFiction with something of everything, as a dump on disk; and rescuing it the way the command does."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from fanthology.formats import open_dump
from fanthology.rescue.actions import bring_stream, record_basis, site_for, start_run
from fanthology.rescue.models import Run
from fanthology.rescue.publish import publish
from fanthology.rescue.sources import Source
from tests import efiction_dump

DAY = 86_400
STARTED = 1_100_000_000

TABLES: dict[str, list[dict[str, Any]]] = {
    "settings": [
        {"sitename": "Kettleness Light", "url": "http://www.kettleness.example", "version": "3.5.8", "tableprefix": ""}
    ],
    "authors": [
        {
            "uid": 1,
            "penname": "Keeper of the Light",
            "email": "keeper@kettleness.example",
            "realname": "A. Lamp",
            "password": "0" * 32,
            "date": STARTED,
        },
        {
            "uid": 2,
            "penname": "Annis",
            "email": "annis@kettleness.example",
            "bio": "I write by the window.",
            "date": STARTED + DAY,
        },
        {
            "uid": 3,
            "penname": "Bede",
            "email": "bede@kettleness.example",
            "bio": "Mail me at bede@kettleness.example.",
            "date": STARTED,
        },
        {"uid": 4, "penname": "Only Reads", "email": "reader@kettleness.example", "date": STARTED},
    ],
    "authorprefs": [{"uid": 1, "level": 1}, {"uid": 2, "validated": 1}, {"uid": 3, "level": -1}],
    "categories": [
        {"catid": 1, "parentcatid": -1, "category": "Novels", "locked": 1},
        {"catid": 2, "parentcatid": 1, "category": "Dracula"},
        {"catid": 3, "parentcatid": -1, "category": "Ballads"},
    ],
    "characters": [
        {"charid": 1, "catid": 2, "charname": "Mina"},
        {"charid": 2, "catid": 3, "charname": "Mina"},
        {"charid": 3, "catid": -1, "charname": "Original Character"},
    ],
    "classtypes": [
        {"classtype_id": 1, "classtype_name": "genres", "classtype_title": "Genres"},
        {"classtype_id": 2, "classtype_name": "warnings", "classtype_title": "Warnings"},
    ],
    "classes": [
        {"class_id": 1, "class_type": 1, "class_name": "Mystery"},
        {"class_id": 2, "class_type": 2, "class_name": "Major Character Death"},
    ],
    "ratings": [
        {"rid": 1, "rating": "G", "ratingwarning": 0},
        {"rid": 2, "rating": "R", "ratingwarning": 7, "warningtext": "Grown-up matters."},
    ],
    "stories": [
        {
            "sid": 7,
            "title": "The Lamp",
            "summary": "It goes out.",
            "uid": 2,
            "catid": "2",
            "charid": "1",
            "classes": "1,2",
            "rid": "1",
            "date": STARTED + 5 * DAY,
            "updated": STARTED + 9 * DAY,
            "coauthors": 1,
            "count": 41,
            "completed": 0,
            "challenges": "1",
        },
        {
            "sid": 8,
            "title": "The Rope",
            "summary": "It holds.",
            "uid": 3,
            "catid": "3",
            "charid": "2",
            "rid": "2",
            "date": STARTED,
            "updated": STARTED,
        },
        {
            "sid": 9,
            "title": "Unseen",
            "summary": "Not looked at yet.",
            "uid": 2,
            "validated": "0",
            "rid": "1",
            "date": STARTED,
            "updated": STARTED,
        },
        {
            "sid": 10,
            "title": "Nobody's",
            "summary": "Its author vanished.",
            "uid": 777,
            "rid": "0",
            "date": STARTED,
            "updated": 0,
        },
        {
            "sid": 11,
            "title": "Empty",
            "summary": "There is nothing.",
            "uid": 2,
            "rid": "1",
            "date": STARTED,
            "updated": STARTED,
        },
    ],
    "coauthors": [{"sid": 7, "uid": 3}],
    "chapters": [
        {
            "chapid": 21,
            "sid": 7,
            "uid": 2,
            "inorder": 1,
            "title": "Wick",
            "storytext": "<p>The lamp burned low.</p>",
            "notes": "<p>First.</p>",
        },
        {"chapid": 22, "sid": 7, "uid": 3, "inorder": 3, "title": "Oil", "storytext": "<p>There was no more oil.</p>"},
        {
            "chapid": 23,
            "sid": 7,
            "uid": 2,
            "inorder": 4,
            "title": "Dark",
            "storytext": "<p>Then it was dark.</p>",
            "validated": "0",
        },
        {
            "chapid": 31,
            "sid": 8,
            "uid": 3,
            "inorder": 1,
            "title": "The Rope",
            "storytext": "One line.\n\nAnother line.",
        },
        {"chapid": 41, "sid": 9, "uid": 2, "inorder": 1, "title": "Unseen", "storytext": "<p>Hidden words.</p>"},
        {
            "chapid": 51,
            "sid": 10,
            "uid": 777,
            "inorder": 1,
            "title": "Nobody's",
            "storytext": "<p>Somebody wrote this.</p>",
        },
    ],
    "reviews": [
        {
            "reviewid": 1,
            "item": 7,
            "chapid": 21,
            "type": "ST",
            "uid": 4,
            "reviewer": "Only Reads",
            "review": "Lovely.<br><br><i>Author's Response: Thank you.</i>",
            "respond": "1",
            "rating": 9,
            "date": STARTED + 6 * DAY,
        },
        {
            "reviewid": 2,
            "item": 7,
            "chapid": 22,
            "type": "ST",
            "uid": 0,
            "reviewer": "Annis",
            "review": "A guest of the same name.",
            "rating": -1,
            "date": STARTED + 7 * DAY,
        },
        {
            "reviewid": 3,
            "item": 1,
            "type": "SE",
            "uid": 4,
            "reviewer": "Only Reads",
            "review": "A fine series.",
            "rating": 10,
            "date": STARTED + 8 * DAY,
        },
    ],
    "series": [
        {"seriesid": 1, "title": "Lights", "summary": "In order.", "uid": 2, "isopen": 1},
        {"seriesid": 2, "title": "Lesser Lights", "summary": "Inside.", "uid": 2},
    ],
    "inseries": [
        {"seriesid": 1, "sid": 7, "subseriesid": 0, "inorder": 1},
        {"seriesid": 1, "sid": 0, "subseriesid": 2, "inorder": 2},
        {"seriesid": 2, "sid": 10, "subseriesid": 0, "inorder": 1},
    ],
    "challenges": [
        {
            "chalid": 1,
            "challenger": "Bede",
            "uid": 3,
            "title": "One hour",
            "summary": "Write for an hour.",
            "catid": "2",
            "characters": "1",
        }
    ],
    "favorites": [
        {"uid": 4, "item": 7, "type": "ST", "comments": "Again and again."},
        {"uid": 4, "item": 2, "type": "AU", "comments": ""},
    ],
    "news": [{"nid": 1, "author": "Keeper of the Light", "title": "Open", "story": "We are open.", "time": STARTED}],
    "comments": [{"cid": 1, "nid": 1, "uid": 4, "comment": "Hooray.", "time": STARTED + 60}],
    "messages": [
        {"message_id": 1, "message_name": "rules", "message_title": "Rules", "message_text": "<p>Be kind.</p>"}
    ],
}


def tables() -> dict[str, list[dict[str, Any]]]:
    """A copy of the site's tables, to be changed by a test."""
    return copy.deepcopy(TABLES)


def write_dump(
    folder: Path, rows: dict[str, list[dict[str, Any]]] | None = None, name: str = "dump.sql", **how: Any
) -> Path:
    path = folder / name
    path.write_bytes(efiction_dump.dump(rows or TABLES, **how))
    return path


def rescue(
    path: Path,
    *,
    site: str = "",
    basis: str = "owner-moves",
    published: bool = True,
    hosts: tuple[str, ...] = (),
    prefix: str | None = None,
) -> Run:
    """Bring everything in and publish it, as the command does, but read in this very process: a child costs a second."""
    run = start_run(source=Source(paths=(path,), site=site, prefix=prefix))
    with open_dump(path, prefix=prefix) as dump:
        found = site_for(run=run, record=dump.site, hosts=hosts)
        bring_stream(run=run, stream=dump)
    if basis:
        record_basis(site=found, basis=basis)
    run.refresh_from_db()
    if published:
        publish(run=run)
    return run
