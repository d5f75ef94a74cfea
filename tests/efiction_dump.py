r"""Builds the dump of an eFiction site: for tests, the demo and benchmarks. Plain Python, nothing but the standard library.

    data = dump({"stories": [{"sid": 1, "title": "A", "uid": 2}], "authors": [{"uid": 2, "penname": "Ann"}]},
                version="3.5.3", prefix="wb_", style="admin", encoding="windows-1252")

`tables` maps short table names to rows; a row needs only the columns that matter, the rest get the software's defaults.
Tables of other software or add-ons go into `others` under their full name, with their columns in the order of the dict.

- `version`: "3.5.8" (UNIX dates, no `website`), "3.5.3" (DATETIME, `website`, `inseries.updated`, other order in `series`,
  co-authors as text in stories), "3.0" (as 3.5.3, `series` with `warnings` and `genres` at its end). Dates are given as UNIX
  seconds and written as the version does.
- `style`: "mysqldump" (CREATE TABLE and one long INSERT), "phpmyadmin" (CREATE TABLE, column lists, a row a line),
  "admin" (eFiction's own backup page: INSERTs only, no columns, double quotes, CRLF, NULL as "").
- `encoding`: how text becomes bytes; `declared`: what `SET NAMES` says (None = nothing, as in the admin backup).
- text given as `bytes` is written as it is: the way to put two charsets into one table.

`blow_up(out, stories=…, words=…)` streams a large site of readable nonsense into a file; the same arguments, the same bytes.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO, Literal

Cell = str | bytes | int | None
Row = Mapping[str, Cell]
Style = Literal["mysqldump", "phpmyadmin", "admin"]

_STORIES = (
    "sid title summary storynotes catid classes charid rid date updated uid coauthors featured validated completed rr "
    "wordcount rating reviews count challenges"
)
NEWEST: dict[str, str] = {
    "authorfields": "field_id field_type field_name field_title field_options field_code_in field_code_out field_on",
    "authorinfo": "uid field info",
    "authorprefs": "uid newreviews newrespond ageconsent alertson tinyMCE sortby storyindex validated userskin level categories contact stories",
    "authors": "uid penname realname email bio image date admincreated password",
    "categories": "catid parentcatid category description image locked leveldown displayorder numitems",
    "challenges": "chalid challenger uid title catid characters summary responses",
    "chapters": "chapid title inorder notes storytext endnotes validated wordcount rating reviews sid uid count",
    "characters": "charid catid charname bio image",
    "classes": "class_id class_type class_name",
    "classtypes": "classtype_id classtype_name classtype_title",
    "coauthors": "sid uid",
    "codeblocks": "code_id code_text code_type code_module",
    "comments": "cid nid uid comment time",
    "favorites": "uid item type comments",
    "inseries": "seriesid sid subseriesid confirmed inorder",
    "log": "log_id log_action log_uid log_ip log_timestamp log_type",
    "messages": "message_id message_name message_title message_text",
    "news": "nid author title story time comments",
    "poll_votes": "vote_id vote_user vote_opt vote_poll",
    "ratings": "rid rating ratingwarning warningtext",
    "reviews": "reviewid item chapid reviewer uid review date rating respond type",
    "series": "seriesid title summary uid isopen catid rating classes characters reviews numstories challenges",
    "settings": (
        "sitekey sitename slogan url siteemail tableprefix skin hiddenskins language submissionsoff storiespath store autovalidate "
        "coauthallowed maxwords minwords imageupload imageheight imagewidth roundrobins allowseries tinyMCE allowed_tags favorites "
        "multiplecats newscomments logging maintenance debug captcha dateformat timeformat recentdays displaycolumns itemsperpage "
        "extendcats displayindex defaultsort displayprofile linkstyle linkrange reviewsallowed ratings anonreviews revdelete rateonly "
        "pwdsetting alertson disablepopups agestatement words version smtp_host smtp_username smtp_password anonchallenges"
    ),
    "shoutbox": "shout_id shout_name shout_message shout_datestamp",
    "stories": _STORIES,
}
OLDER: dict[str, str] = {
    "authors": "uid penname realname email website bio image date admincreated password",
    "authorprefs": NEWEST["authorprefs"].removesuffix(" stories"),
    "inseries": "seriesid sid subseriesid confirmed inorder updated",
    "news": "nid author title story time",
    "series": "seriesid title summary uid isopen catid classes rating reviews warnings genres characters",
    "settings": NEWEST["settings"].replace(" allowseries", "") + " anonrecs rectarget autovalrecs",
}
OLDEST = OLDER | {
    "news": NEWEST["news"],
    "series": "seriesid title summary uid isopen catid rating classes characters reviews numstories warnings challenges genres",
    "settings": NEWEST["settings"] + " anonrecs rectarget autovalrecs",
}
VERSIONS = {"3.5.8": NEWEST, "3.5.3": NEWEST | OLDER, "3.0": NEWEST | OLDEST}

TEXTS = frozenset(
    [
        "bio",
        "storytext",
        "notes",
        "endnotes",
        "summary",
        "storynotes",
        "review",
        "comment",
        "story",
        "description",
        "message_text",
        "warningtext",
        "comments",
        "code_text",
    ]
)
NUMBERS = frozenset(
    [
        "uid",
        "sid",
        "chapid",
        "catid",
        "charid",
        "rid",
        "class_id",
        "class_type",
        "classtype_id",
        "reviewid",
        "item",
        "seriesid",
        "subseriesid",
        "chalid",
        "nid",
        "cid",
        "field",
        "field_id",
        "message_id",
        "inorder",
        "wordcount",
        "rating",
        "reviews",
        "count",
        "numstories",
        "level",
        "parentcatid",
        "confirmed",
        "isopen",
        "responses",
        "numitems",
        "displayorder",
        "leveldown",
        "date",
        "updated",
        "time",
        "log_id",
        "vote_id",
        "shout_id",
    ]
)
CSV = {
    "stories": frozenset(["catid", "classes", "charid", "rid"]),
    "series": frozenset({"catid"}),
    "challenges": frozenset({"catid"}),
}
DATES = frozenset(["date", "updated", "time", "log_timestamp"])
DEFAULTS: dict[tuple[str, str], Cell] = {
    ("stories", "validated"): "1",
    ("stories", "completed"): "1",
    ("chapters", "validated"): "1",
    ("chapters", "inorder"): 1,
    ("categories", "parentcatid"): -1,
    ("characters", "catid"): -1,
    ("inseries", "confirmed"): 1,
    ("reviews", "type"): "ST",
    ("settings", "sitename"): "An Old Archive",
    ("settings", "url"): "http://old.example",
    ("settings", "language"): "en",
    ("settings", "store"): "mysql",
    ("settings", "storiespath"): "stories",
    ("settings", "ratings"): 1,
    ("settings", "sitekey"): "key",
}

_ESCAPES = (
    (b"\\", b"\\\\"),
    (b"\0", b"\\0"),
    (b"\n", b"\\n"),
    (b"\r", b"\\r"),
    (b"\x1a", b"\\Z"),
    (b'"', b'\\"'),
    (b"'", b"\\'"),
)


def columns_of(table: str, version: str = "3.5.8") -> list[str]:
    """The columns of a table in the order of that version."""
    return VERSIONS[version][table].split()


def dump(
    tables: Mapping[str, Sequence[Row]],
    *,
    version: str = "3.5.8",
    prefix: str = "",
    style: Style = "mysqldump",
    encoding: str = "utf-8",
    declared: str | None = "utf8mb4",
    charset: str = "latin1",
    others: Mapping[str, Sequence[Row]] | None = None,
) -> bytes:
    """The bytes of a whole dump. A settings row is added when `tables` has none; `charset` is what tables declare."""
    return b"".join(
        pieces(
            tables,
            version=version,
            prefix=prefix,
            style=style,
            encoding=encoding,
            declared=declared,
            charset=charset,
            others=others,
        )
    )


def pieces(
    tables: Mapping[str, Sequence[Row]],
    *,
    version: str = "3.5.8",
    prefix: str = "",
    style: Style = "mysqldump",
    encoding: str = "utf-8",
    declared: str | None = "utf8mb4",
    charset: str = "latin1",
    others: Mapping[str, Sequence[Row]] | None = None,
) -> Iterator[bytes]:
    """The same in pieces, for a dump that should not stand in memory."""
    yield _head(style, declared)
    complete = dict(tables)
    complete.setdefault("settings", [{"tableprefix": prefix, "version": version}])
    for name, rows in complete.items():
        columns = columns_of(name, version)
        filled = ([_cell(name, column, row, version, style) for column in columns] for row in rows)
        yield from _table(f"{prefix}fanfiction_{name}", columns, filled, style, encoding, charset)
    for name, rows in (others or {}).items():
        columns = list(rows[0]) if rows else ["id"]
        yield from _table(
            name, columns, ([row[column] for column in columns] for row in rows), style, encoding, charset
        )


def _head(style: Style, declared: str | None) -> bytes:
    if style == "admin":
        return b"# Dump of an archive\r\n"
    names = f"/*!40101 SET NAMES {declared} */;\n".encode() if declared else b""
    tool = (
        b"-- MySQL dump 10.13\n--\n"
        if style == "mysqldump"
        else b'-- phpMyAdmin SQL Dump\n-- version 4.9.5\n\nSET SQL_MODE = "NO_AUTO_VALUE_ON_ZERO";\n'
    )
    return tool + b"\n" + names + b"\n"


def _cell(table: str, column: str, row: Row, version: str, style: Style) -> Cell:
    if column not in row:
        is_number = column in NUMBERS and column not in CSV.get(table, ())
        value = DEFAULTS.get((table, column), 0 if is_number else "")
    else:
        value = row[column]
    if column in DATES and version != "3.5.8" and isinstance(value, int):
        value = (
            datetime.datetime.fromtimestamp(value, datetime.UTC).strftime("%Y-%m-%d %H:%M:%S")
            if value
            else "0000-00-00 00:00:00"
        )
    return "" if value is None and style == "admin" else value


def _table(
    name: str,
    columns: Sequence[str],
    rows: Iterator[list[Cell]] | Iterator[Sequence[Cell]],
    style: Style,
    encoding: str,
    charset: str,
) -> Iterator[bytes]:
    if style == "admin":
        yield f"# Dump of {name} \r\n# Dump DATE : 20-Nov-2026\r\n\r\n".encode()
        for row in rows:
            cells = b", ".join(
                literal(str(cell) if isinstance(cell, int) else cell, encoding, quote=b'"') for cell in row
            )
            yield f"INSERT INTO {name} VALUES(".encode() + cells + b");\r\n"
        yield b"\r\n\r\n"
        return
    fields = ",\n".join(
        f"  `{column}` {'text' if column in TEXTS else 'int(11) NOT NULL' if column in NUMBERS else 'varchar(200) NOT NULL'}"
        for column in columns
    )
    yield f"DROP TABLE IF EXISTS `{name}`;\nCREATE TABLE `{name}` (\n{fields},\n  PRIMARY KEY (`{columns[0]}`)\n) ENGINE=MyISAM DEFAULT CHARSET={charset};\n".encode()
    names = f" ({', '.join(f'`{column}`' for column in columns)})" if style == "phpmyadmin" else ""
    between, opened = (b",\n" if style == "phpmyadmin" else b","), False
    for row in rows:
        yield between if opened else f"INSERT INTO `{name}`{names} VALUES\n".encode()
        opened = True
        yield b"(" + b",".join(literal(cell, encoding) for cell in row) + b")"
    if opened:
        yield b";\n"


def literal(value: Cell, encoding: str = "utf-8", *, quote: bytes = b"'") -> bytes:
    """A value as SQL: NULL, a number, or quoted with backslash escapes."""
    if value is None:
        return b"NULL"
    if isinstance(value, int):
        return b"%d" % value
    data = value if isinstance(value, bytes) else value.encode(encoding)
    for plain, escaped in _ESCAPES:
        data = data.replace(plain, escaped)
    return quote + data + quote


WORDS = [
    "the",
    "and",
    "of",
    "a",
    "to",
    "in",
    "he",
    "she",
    "it",
    "was",
    "that",
    "with",
    "his",
    "her",
    "had",
    "for",
    "on",
    "as",
    "at",
    "but",
    "said",
    "from",
    "not",
    "they",
    "were",
    "by",
    "which",
    "when",
    "one",
    "so",
    "there",
    "over",
    "night",
    "door",
    "hand",
    "eyes",
    "house",
    "lamp",
    "ship",
    "road",
    "garden",
    "letter",
    "morning",
    "window",
    "never",
    "little",
    "again",
    "before",
    "under",
    "upon",
    "old",
    "voice",
    "rain",
    "river",
    "stone",
    "harbour",
    "candle",
    "winter",
    "crossing",
    "lantern",
    "stair",
]


def blow_up(
    out: BinaryIO, *, stories: int, words: int = 2_000, chapters: int = 1, seed: int = 1, prefix: str = ""
) -> int:
    """Stream a site of `stories` works of `words` words each, with authors, tags and reviews, into `out`; return its bytes."""
    chance = random.Random(seed)
    people = max(3, stories // 10)
    tables: dict[str, Sequence[Row]] = {
        "authors": [
            {"uid": uid, "penname": f"Writer {uid}", "email": f"writer{uid}@mail.example", "date": 1_000_000_000 + uid}
            for uid in range(1, people + 1)
        ],
        "authorprefs": [{"uid": uid} for uid in range(1, people + 1)],
        "categories": [{"catid": number, "category": f"World {number}"} for number in range(1, 21)],
        "characters": [
            {"charid": number, "catid": 1 + number % 20, "charname": f"Person {number}"} for number in range(1, 201)
        ],
        "classtypes": [{"classtype_id": 1, "classtype_name": "genres", "classtype_title": "Genres"}],
        "classes": [{"class_id": number, "class_type": 1, "class_name": f"Genre {number}"} for number in range(1, 41)],
        "ratings": [{"rid": number, "rating": name} for number, name in enumerate(("G", "PG", "PG-13", "R"), 1)],
    }
    size = 0
    for piece in pieces(tables, prefix=prefix):
        size += out.write(piece)
    for name, rows in (
        ("chapters", _many_chapters(stories, chapters, words, people, chance)),
        ("stories", _many_stories(stories, people, chance)),
        ("reviews", _many_reviews(stories, people, chance)),
    ):
        columns = columns_of(name)
        filled = ([_cell(name, column, row, "3.5.8", "mysqldump") for column in columns] for row in rows)
        for piece in _table(f"{prefix}fanfiction_{name}", columns, filled, "mysqldump", "utf-8", "utf8mb4"):
            size += out.write(piece)
    return size


def _many_stories(stories: int, people: int, chance: random.Random) -> Iterator[Row]:
    for sid in range(1, stories + 1):
        yield {
            "sid": sid,
            "title": " ".join(chance.choices(WORDS, k=4)).title(),
            "summary": " ".join(chance.choices(WORDS, k=25)),
            "catid": str(chance.randint(1, 20)),
            "classes": ",".join(str(chance.randint(1, 40)) for _ in range(3)),
            "charid": ",".join(str(chance.randint(1, 200)) for _ in range(2)),
            "rid": str(chance.randint(1, 4)),
            "date": 1_050_000_000 + sid * 3600,
            "updated": 1_050_000_000 + sid * 3600,
            "uid": 1 + sid % people,
        }


def _many_chapters(stories: int, chapters: int, words: int, people: int, chance: random.Random) -> Iterator[Row]:
    pool = [" ".join(chance.choices(WORDS, k=60)).capitalize() + "." for _ in range(200)]
    for sid in range(1, stories + 1):
        for inorder in range(1, chapters + 1):
            count = max(1, words // chapters // 60)
            text = "\r\n".join(f"<p>{paragraph} It’s “late”.</p>" for paragraph in chance.choices(pool, k=count))
            chapid = (sid - 1) * chapters + inorder
            yield {
                "chapid": chapid,
                "title": f"Chapter {inorder}",
                "inorder": inorder,
                "storytext": text,
                "sid": sid,
                "uid": 1 + sid % people,
                "wordcount": count * 62,
            }


def _many_reviews(stories: int, people: int, chance: random.Random) -> Iterator[Row]:
    for number in range(1, stories * 2 + 1):
        uid = chance.randint(0, people)
        text = " ".join(chance.choices(WORDS, k=15))
        yield {
            "reviewid": number,
            "item": 1 + number % stories,
            "reviewer": f"Writer {uid}" if uid else "A guest",
            "uid": uid,
            "review": text,
            "date": 1_100_000_000 + number,
            "rating": chance.randint(1, 10),
        }
