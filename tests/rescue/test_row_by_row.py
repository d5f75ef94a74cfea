"""Row by row: what stands in the archive after a rescue, against the very rows that the dump was made of.

The checker is its own witness: it knows the rows, a few lines about what eFiction did to text, and nothing of the reader.
"""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fanthology.formats import open_dump
from fanthology.gatherings.models import Challenge
from fanthology.pages.models import CustomPage, News, NewsComment
from fanthology.people.models import PenName
from fanthology.rescue.actions import bring_stream, record_basis, site_for, start_run
from fanthology.rescue.models import FormerMember, Run, Site, SourceKey, TagMapping
from fanthology.rescue.publish import publish
from fanthology.rescue.sources import Source
from fanthology.reviews.models import Review
from fanthology.tags.models import Tag, TagParent
from fanthology.works.models import Chapter, Series, Work
from tests import efiction_dump

Rows = dict[str, list[dict[str, Any]]]

T0 = 1_046_700_000  # March 2003
BIG = 2_147_483_000

# -- texts that hurt, by what the bytes of the dump can hold

WESTERN = {
    "quotes": "“Don’t,” said Zoë — ‘never’… the café’s €5 naïve Œuvre; Séamus, Fíli",
    "name": "Rémi Fëanor",
    "short": "Née & Béatrice",
}
WORLD = {
    "quotes": "“Don’t,” сказала Даша — ‘never’… 🕯️ שלום עולם 東京の夜 ﷽",
    "name": "Даша 🦇",
    "short": "Čaj & מים",
}


def rows_of(words: dict[str, str], prefix: str, *, flags: str, version: str) -> Rows:
    """One site. Every id is odd on purpose: large, far apart, or equal to an id of another kind."""
    backslashed = r"It\'s a \"typed\" C:\new\table and a \\ too"
    long = "word " * 13_106 + "cut o"
    assert len(long.encode()) == 65_535
    listed = {"flag": ("1", "1", "0"), "csv": ("12,77", "77", ""), "both": ("1", "12", "0")}[flags]
    stories = [
        {
            "sid": BIG, "title": words["quotes"][:60], "summary": f"<b>{words['short'].replace('&', '&amp;')}</b><br>{backslashed}",
            "storynotes": "Notes\nin two lines", "catid": "5,,88,12", "classes": "7,9,99,301", "charid": "0,3,4,BAD", "rid": "12", "date": T0,
            "updated": T0 + 86_400 * 40, "uid": 3, "coauthors": listed[0], "completed": "0", "count": 1234, "challenges": ",12,99", "featured": "1",
        },
        {
            "sid": 12, "title": "Same number as others", "summary": "", "catid": "12", "classes": "", "charid": "", "rid": "3", "date": 0, "updated": 0,
            "uid": 12, "coauthors": listed[1], "completed": "1", "rr": "1", "challenges": "", "featured": "2",
        },
        {
            "sid": 77, "title": r"O\'Hara &amp; Sons <i>again</i>", "summary": "5 < 6 & 7 > 2", "catid": "-1", "classes": "301", "rid": "R", "date": T0 + 5,
            "updated": 0, "uid": 777, "coauthors": listed[2], "validated": "0", "completed": "1",
        },
        {"sid": 78, "title": "Trusted", "summary": words["quotes"], "rid": "4", "uid": BIG, "validated": "2", "date": T0, "updated": T0, "catid": "5"},
        {"sid": 100_001, "title": "Nothing in it", "summary": "None", "rid": "0", "uid": 3, "date": T0, "updated": T0, "catid": ""},
        {"sid": 100_002, "title": "Warned of", "summary": "Only a word first.", "rid": "77", "uid": 3, "date": T0, "updated": T0},
    ]  # fmt: skip
    chapters = [
        {"chapid": 900, "sid": BIG, "uid": 3, "inorder": 1, "title": words["short"], "storytext": f"<p>{words['quotes']}</p><p>{backslashed}</p>", "notes": words["quotes"], "endnotes": "The <i>end</i>.", "wordcount": 12},
        {"chapid": 12, "sid": BIG, "uid": 77, "inorder": 3, "title": "", "storytext": f"First line\r\nsecond line\r\n\r\n{words['quotes']}", "notes": None, "endnotes": ""},
        {"chapid": 3, "sid": BIG, "uid": 3, "inorder": 3, "title": "Three again", "storytext": "<center>***</center><P align=center>Un<b>clo</b>sed<p>Next <font color=red>red</font> &#8212; &eacute;", "validated": "0"},
        {"chapid": 78, "sid": 12, "uid": 12, "inorder": 1, "title": "Robin", "storytext": long},
        {"chapid": 77, "sid": 12, "uid": 77, "inorder": 2, "title": "Round", "storytext": "My turn.", "validated": "1"},
        {"chapid": BIG + 1, "sid": 77, "uid": 777, "inorder": 1, "title": "Hidden", "storytext": f"<p>{words['quotes']}</p>"},
        {"chapid": 901, "sid": 78, "uid": BIG, "inorder": 1, "title": "Trusted", "storytext": f"He said: “{words['short']}” ?> <br />and <br>left."},
        {"chapid": 902, "sid": 100_002, "uid": 3, "inorder": 7, "title": "Seven", "storytext": "<div>One <em>word</em>.</div>"},
        {"chapid": 5000, "sid": 9999, "uid": 3, "inorder": 1, "title": "Orphan", "storytext": "Nobody asks for me."},
    ]  # fmt: skip
    return {
        "settings": [{"sitename": f"The {words['short']} House", "url": "http://www.old.example/fic", "tableprefix": prefix, "version": version, "language": "en"}],
        "authors": [
            {"uid": 3, "penname": words["name"], "email": "zoe@mail.example", "realname": "Zoë Real", "bio": f"I {backslashed}. Mail zoe@mail.example.", "date": T0 - 9, "password": "a" * 32},
            {"uid": 12, "penname": "Annis", "email": "same@mail.example", "bio": "", "date": T0 - 8, "password": "0"},
            {"uid": 77, "penname": "Annis", "email": "same@mail.example", "bio": "<p>The other</p>", "date": 0},
            {"uid": BIG, "penname": "O\\'Brien", "email": "", "date": T0},
        ],
        "authorprefs": [{"uid": 3, "level": 1, "validated": 1}, {"uid": 12, "level": -1}, {"uid": 8888}],
        "authorfields": [{"field_id": 44, "field_name": "AOL"}, {"field_id": 45, "field_name": "betareader"}],
        "authorinfo": [{"uid": 3, "field": 44, "info": "zoeAIM"}, {"uid": 77, "field": 45, "info": "Yes"}, {"uid": 8888, "field": 44, "info": "gone"}],
        "categories": [
            {"catid": 12, "parentcatid": 5, "category": words["short"], "description": f"About {words['name']}"},
            {"catid": 5, "parentcatid": -1, "category": "Books", "locked": 1},
            {"catid": 14, "parentcatid": 4040, "category": "Orphaned"},
            {"catid": 15, "parentcatid": 14, "category": "Books"},
        ],
        "characters": [
            {"charid": 3, "catid": 12, "charname": words["name"], "bio": "Old"},
            {"charid": 4, "catid": -1, "charname": "Everyman"},
            {"charid": 12, "catid": 15, "charname": "Everyman"},
        ],
        "classtypes": [
            {"classtype_id": 2, "classtype_name": "genres", "classtype_title": "Genres"},
            {"classtype_id": 12, "classtype_name": "warnings", "classtype_title": "Warnings"},
            {"classtype_id": 20, "classtype_name": "pairs", "classtype_title": "Pairings"},
        ],
        "classes": [
            {"class_id": 7, "class_type": 2, "class_name": words["short"]},
            {"class_id": 9, "class_type": 12, "class_name": "Main Character Death"},
            {"class_id": 301, "class_type": 20, "class_name": "Mina/Lucy"},
            {"class_id": 302, "class_type": 404, "class_name": "Of no type"},
        ],
        "ratings": [
            {"rid": 3, "rating": "G", "ratingwarning": 0, "warningtext": ""},
            {"rid": 12, "rating": "NC-17", "ratingwarning": 7, "warningtext": f"Adults <b>only</b> & {words['short']}"},
            {"rid": 4, "rating": "R", "ratingwarning": 2, "warningtext": ""},
            {"rid": 77, "rating": "PG", "ratingwarning": 1, "warningtext": "Some &lt;b&gt;scares&lt;/b&gt;"},
        ],
        "stories": stories,
        "chapters": chapters,
        "coauthors": [] if flags == "csv" else [{"sid": BIG, "uid": 77}, {"sid": BIG, "uid": 12}, {"sid": 9999, "uid": 3}],
        "reviews": [
            {"reviewid": 12, "item": BIG, "type": "ST", "chapid": 12, "uid": 12, "reviewer": "Annis", "review": f"{words['quotes']}<br><br><i>Author\\'s Response: {words['short']}</i>", "respond": 1, "rating": 10, "date": T0 + 100},
            {"reviewid": 13, "item": BIG, "type": "ST", "chapid": 404, "uid": 0, "reviewer": words["name"], "review": backslashed, "rating": -1, "date": T0 + 200},
            {"reviewid": 14, "item": 77, "type": "ST", "chapid": BIG + 1, "uid": 0, "reviewer": "Guest", "review": "No Review", "rating": 7, "date": 0},
            {"reviewid": 77, "item": 12, "type": "SE", "chapid": 0, "uid": 8888, "reviewer": "Vanished", "review": "Fine\nseries", "rating": 1, "date": T0},
            {"reviewid": 90, "item": 9999, "type": "ST", "chapid": 5000, "uid": 3, "reviewer": "x", "review": "Orphan", "date": T0},
            {"reviewid": 91, "item": 9999, "type": "SE", "chapid": 0, "uid": 3, "reviewer": "x", "review": "Orphan", "date": T0},
            {"reviewid": 92, "item": 1, "type": "RC", "chapid": 0, "uid": 3, "reviewer": "x", "review": "Of an add-on", "date": T0},
            {"reviewid": 93, "item": 12, "type": "ST", "chapid": 78, "uid": 0, "reviewer": "", "review": "", "rating": -1, "date": T0},
        ],
        "series": [
            {"seriesid": 12, "title": r"Mina\'s \"Typed\" Papers", "summary": words["quotes"], "uid": 3, "isopen": 2, "catid": "5", "challenges": ",12"},
            {"seriesid": 3, "title": "Inner", "summary": "", "uid": 777, "isopen": 0},
            {"seriesid": 900, "title": "Circle", "summary": "", "uid": 12, "isopen": 1},
        ],
        "inseries": [
            {"seriesid": 12, "sid": 78, "subseriesid": 0, "inorder": 3},
            {"seriesid": 12, "sid": 0, "subseriesid": 3, "inorder": 2},
            {"seriesid": 12, "sid": BIG, "subseriesid": 0, "inorder": 1, "confirmed": 0},
            {"seriesid": 3, "sid": 12, "subseriesid": 0, "inorder": 1},
            {"seriesid": 3, "sid": 9999, "subseriesid": 0, "inorder": 2},
            {"seriesid": 900, "sid": 0, "subseriesid": 900, "inorder": 1},
            {"seriesid": 4444, "sid": 12, "subseriesid": 0, "inorder": 1},
        ],
        "challenges": [
            {"chalid": 12, "challenger": "Annis", "uid": 77, "title": words["short"], "catid": "5", "characters": "3", "summary": backslashed},
            {"chalid": 3, "challenger": words["name"], "uid": 0, "title": "By a guest", "catid": "-1", "characters": "", "summary": ""},
        ],
        "favorites": [
            {"uid": 12, "item": BIG, "type": "ST", "comments": words["quotes"]},
            {"uid": 12, "item": 3, "type": "AU", "comments": ""},
            {"uid": 77, "item": 12, "type": "SE", "comments": "a series"},
            {"uid": 12, "item": 9999, "type": "ST", "comments": ""},
            {"uid": 8888, "item": 12, "type": "ST", "comments": ""},
        ],
        "news": [
            {"nid": 12, "author": words["name"], "title": words["short"], "story": f"<p>{words['quotes']}</p>", "time": T0},
            {"nid": 13, "author": "", "title": "", "story": "Untitled line", "time": 0},
        ],
        "comments": [
            {"cid": 12, "nid": 12, "uid": 77, "comment": words["quotes"], "time": T0 + 1},
            {"cid": 13, "nid": 12, "uid": 0, "comment": "deleted member", "time": 0},
            {"cid": 14, "nid": 404, "uid": 3, "comment": "orphan", "time": T0},
        ],
        "messages": [
            {"message_id": 1, "message_name": "rules", "message_title": words["short"], "message_text": f"<p>{words['quotes']}</p><?php evil(); ?>"},
            {"message_id": 2, "message_name": "thankyou", "message_title": "Letter", "message_text": "Dear"},
            {"message_id": 3, "message_name": "rules", "message_title": "Again", "message_text": "A second page of that name"},
            {"message_id": 4, "message_name": "", "message_title": "Nameless", "message_text": "No name"},
        ],
    }  # fmt: skip


# -- the witness: a few lines about what eFiction did to text

_INLINE = re.compile(r"</?(?:b|i|em|strong|a|span|u|font|big|small|s)\b[^>]*>", re.IGNORECASE)


def words(text: object) -> list[str]:
    """The words that a browser would show of a text as eFiction stored it, or as it stands here."""
    if text is None:
        return []
    bare = (
        re.sub(r"\\(['\"\\])", r"\1", str(text))
        if "<?php" not in str(text)
        else str(text).split("<?php", maxsplit=1)[0]
    )
    bare = re.sub(r"<(?![a-zA-Z/!])", "&lt;", bare)
    return html.unescape(re.sub(r"<[^>]*>", " ", _INLINE.sub("", bare))).split()


def shown(markup: str) -> list[str]:
    """A break between scenes keeps the signs that it was made of."""
    markup = re.sub(r'<hr\b[^>]*\btitle="([^"]*)"[^>]*>', r" \1 ", markup)
    return html.unescape(re.sub(r"<[^>]*>", " ", _INLINE.sub("", markup))).split()


def line(text: str) -> str:
    return " ".join(words(text))


def moment(seconds: int) -> dt.datetime | None:
    return dt.datetime.fromtimestamp(seconds, dt.UTC) if seconds else None


class Here:
    """What stands here, by old id."""

    def __init__(self) -> None:
        self.keys = {(row.kind, row.old_id): row.object_id for row in SourceKey.objects.all()}

    def __call__(self, kind: str, old_id: object, model: Any) -> Any:
        return model.objects.get(pk=self.keys[kind, str(old_id)])

    def has(self, kind: str, old_id: object) -> bool:
        return (kind, str(old_id)) in self.keys


def double(value: Any) -> Any:
    """As `backup_utf8.php` wrote it: UTF-8 read as latin1 and written as UTF-8 once more."""
    if not isinstance(value, str) or value.isascii():
        return value
    broken = "".join(_as_cp1252(byte) for byte in value.encode())
    return broken.encode()


def _as_cp1252(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def doubled(rows: Rows) -> Rows:
    return {
        table: [{name: double(value) for name, value in row.items()} for row in held] for table, held in rows.items()
    }


def take_out(rows: Rows, which: Callable[[int], bool], encoding: str) -> tuple[Rows, dict[str, bytes]]:
    """Move the texts of some chapters into files, as store=files kept them."""
    files, chapters = {}, []
    for row in rows["chapters"]:
        if which(row["chapid"]) and row["storytext"]:
            files[f"stories/{row['uid']}/{row['chapid']}.txt"] = row["storytext"].encode(encoding)
            chapters.append({**row, "storytext": None})
        else:
            chapters.append(row)
    return {**rows, "chapters": chapters}, files


def pack(folder: Path, files: dict[str, bytes], how: str) -> Path:
    if how == "zip":
        with zipfile.ZipFile(folder / "texts.zip", "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return folder / "texts.zip"
    if how == "tar":
        with tarfile.open(folder / "texts.tar.gz", "w:gz") as archive:
            for name, data in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        return folder / "texts.tar.gz"
    for name, data in files.items():
        (folder / "texts" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "texts" / name).write_bytes(data)
    return folder / "texts"


def rescue(path: Path, files: Path | None, prefix: str | None = None) -> Run:
    run = start_run(source=Source(paths=(path,), files=files))
    with open_dump(path, files=files, prefix=prefix) as dump:
        site = site_for(run=run, record=dump.site)
        bring_stream(run=run, stream=dump)
    record_basis(site=site, basis="owner-moves")
    run.refresh_from_db()
    publish(run=run)
    return run


SHAPES = [
    # version, style, encoding, declared, prefix, coauthors, texts, packed
    ("3.5.8", "mysqldump", "utf-8", "utf8mb4", "", "flag", "db", ""),
    ("3.5.8", "admin", "utf-8", None, "wb_", "flag", "files", "tar"),
    ("3.5.8", "phpmyadmin", "cp1252", "latin1", "a1-", "both", "both", "zip"),
    ("3.5.8", "mysqldump", "double", "utf8", "my_site_", "csv", "both", "dir"),
    ("3.5.8", "admin", "double", None, "x", "flag", "db", ""),
    ("3.5.3", "mysqldump", "cp1252", "latin1", "old_", "csv", "db", ""),
    ("3.5.3", "phpmyadmin", "utf-8", "utf8", "", "flag", "files", "zip"),
    ("3.5.3", "admin", "cp1252", None, "fan_", "both", "both", "tar"),
    ("3.0", "mysqldump", "utf-8", None, "efic_", "csv", "files", "dir"),
    ("3.0", "phpmyadmin", "double", "latin1", "p_", "flag", "db", ""),
    ("3.0", "admin", "cp1252", None, "", "csv", "db", ""),
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "-".join(str(part) for part in shape))
def test_every_row_of_every_table(db: None, tmp_path: Path, shape: tuple[Any, ...]) -> None:
    version, style, encoding, declared, prefix, flags, texts, packed = shape
    truth = rows_of(WESTERN if encoding == "cp1252" else WORLD, prefix, flags=flags, version=version)
    kept, files = take_out(
        truth, {"db": lambda _: False, "files": lambda _: True, "both": lambda key: key % 2 == 0}[texts],
        "utf-8" if encoding == "double" else encoding,
    )  # fmt: skip
    path = tmp_path / "dump.sql"
    path.write_bytes(
        efiction_dump.dump(
            doubled(kept) if encoding == "double" else kept, version=version, prefix=prefix, style=style, declared=declared,
            encoding="utf-8" if encoding == "double" else encoding,
        )
    )  # fmt: skip
    run = rescue(path, pack(tmp_path, files, packed) if files else None)
    check(truth, run, flags=flags)


def check(truth: Rows, run: Run, *, flags: str) -> None:
    here = Here()
    faults: list[str] = []

    def same(what: str, got: object, want: object) -> None:
        if got != want:
            faults.append(f"{what}:\n    got  {str(got)[:300]}\n    want {str(want)[:300]}")

    for table in (people, tags, ratings, stories, chapters, reviews, series, challenges, news, pages):
        table(truth, here, same, flags)
    favourites(truth, same)
    report(truth, run, same)
    assert not faults, "\n".join(faults)


Same = Callable[[str, object, object], None]


def people(truth: Rows, here: Here, same: Same, _: str) -> None:
    levels = {row["uid"]: row.get("level", 0) for row in truth["authorprefs"]}
    for row in truth["authors"]:
        pen_name, what = here("person", row["uid"], PenName), f"author {row['uid']}"
        same(f"{what} name", pen_name.name, line(row["penname"]))
        same(f"{what} bio", shown(pen_name.bio), words(row.get("bio", "").replace("zoe@mail.example", "[e-mail]")))
        same(f"{what} bio hidden", (pen_name.bio_is_shown, pen_name.status), (False, "unclaimed"))
        joined = moment(row["date"])
        same(
            f"{what} joined",
            (pen_name.joined_on, pen_name.joined_precision),
            (joined.date(), "day") if joined else (None, ""),
        )
        private = FormerMember.objects.get(pen_name=pen_name)
        same(f"{what} mail", private.email, row["email"])
        same(f"{what} real name", private.real_name, row.get("realname", ""))
        same(f"{what} password", private.password_hash, row.get("password", "") if row.get("password") != "0" else "")
        same(f"{what} level", private.level, levels.get(row["uid"], 0))
    assert PenName.objects.count() == len(truth["authors"])
    same("contact", FormerMember.objects.get(old_id="3").contacts, [["AOL", "zoeAIM"]])
    same("beta", list(FormerMember.objects.filter(was_beta_reader=True).values_list("old_id", flat=True)), ["77"])


KINDS = {2: "Additional Tags", 12: "Archive Warnings", 20: "Relationships", 404: "Additional Tags"}


def tags(truth: Rows, here: Here, same: Same, _: str) -> None:
    for row in truth["categories"]:
        tag = here("tag", f"categories:{row['catid']}", Tag)
        same(f"category {row['catid']}", (tag.kind.slug, tag.name), ("fandom", line(row["category"])))
        same(f"category {row['catid']} description", shown(tag.description), words(row.get("description", "")))
        parents = set(TagParent.objects.filter(child=tag).values_list("parent_id", flat=True))
        key = f"categories:{row['parentcatid']}"
        same(f"category {row['catid']} parent", parents, {here.keys["tag", key]} if here.has("tag", key) else set())
    for row in truth["characters"]:
        tag = here("tag", f"characters:{row['charid']}", Tag)
        same(f"character {row['charid']}", (tag.kind.slug, tag.name), ("character", line(row["charname"])))
        same(f"character {row['charid']} bio", shown(tag.description), words(row.get("bio", "")))
        parents = set(TagParent.objects.filter(child=tag).values_list("parent_id", flat=True))
        key = f"categories:{row['catid']}"
        same(f"character {row['charid']} fandom", parents, {here.keys["tag", key]} if here.has("tag", key) else set())
    assert here.keys["tag", "characters:4"] != here.keys["tag", "characters:12"]
    assert here.keys["tag", "categories:5"] != here.keys["tag", "categories:15"]
    want = {
        "7": ("additional", None),
        "9": ("warning", "Major Character Death"),
        "301": ("relationship", None),
        "302": ("additional", None),
    }
    for row in truth["classes"]:
        tag = here("tag", f"classes:{row['class_id']}", Tag)
        kind, name = want[str(row["class_id"])]
        same(f"class {row['class_id']}", (tag.kind.slug, tag.name), (kind, name or line(row["class_name"])))


RATINGS = {"G": "General Audiences", "NC-17": "Explicit", "R": "Mature", "PG": "Teen And Up Audiences"}


def ratings(truth: Rows, here: Here, same: Same, _: str) -> None:
    for row in truth["ratings"]:
        mapping = TagMapping.objects.get(source="ratings", old_id=str(row["rid"]))
        gates = {name for bit, name in ((1, "warn"), (2, "adults"), (4, "members")) if row["ratingwarning"] & bit}
        same(f"rating {row['rid']}", (mapping.old_name, set(mapping.gates)), (row["rating"], gates))


def authors_of(row: dict[str, Any], truth: Rows, flags: str) -> list[int]:
    known = {author["uid"] for author in truth["authors"]}
    together = [pair["uid"] for pair in truth["coauthors"] if pair["sid"] == row["sid"]]
    if flags != "flag":
        together += [int(uid) for uid in row.get("coauthors", "").split(",") if uid and uid not in ("0", "1")]
    return [uid for uid in dict.fromkeys([row["uid"], *together]) if uid in known]


def stories(truth: Rows, here: Here, same: Same, flags: str) -> None:
    rating: dict[str, dict[str, Any]] = {str(row["rid"]): row for row in truth["ratings"]} | {
        row["rating"]: row for row in truth["ratings"]
    }
    reviews = [row for row in truth["reviews"] if row["type"] == "ST"]
    for row in truth["stories"]:
        work, what, sid = here("work", row["sid"], Work), f"story {row['sid']}", row["sid"]
        same(f"{what} title", work.title, line(row["title"]))
        same(f"{what} summary", shown(work.summary), words(row["summary"]))
        same(f"{what} notes", shown(work.notes), words(row.get("storynotes", "")))
        same(f"{what} complete", work.complete, row.get("completed", "1") == "1")
        same(
            f"{what} flags", (work.is_round_robin, work.is_featured), (row.get("rr") == "1", row.get("featured") == "1")
        )
        published = moment(row["date"])
        same(
            f"{what} published",
            (work.published_on, work.published_precision),
            (published.date(), "day") if published else (None, ""),
        )
        updated = moment(row["updated"]) or published
        if updated:
            same(f"{what} updated", work.revised_at.date(), updated.date())
        same(f"{what} said when", work.revised_precision, "day" if moment(row["updated"]) else "")
        same(
            f"{what} authors",
            [line_.pen_name_id for line_ in work.authorship.order_by("position")],
            [here.keys["person", str(uid)] for uid in authors_of(row, truth, flags)],
        )
        found = rating.get(row["rid"])
        same(f"{what} rating", work.rating.name if work.rating else None, RATINGS[found["rating"]] if found else None)
        same(f"{what} rating as written", work.rating_as_written, found["rating"] if found else "")
        bits = found["ratingwarning"] if found else 0
        same(f"{what} gates", (work.gate_adults, work.gate_members), (bool(bits & 2), bool(bits & 4)))
        same(f"{what} warning", work.gate_text.split(), words(found["warningtext"]) if found and bits & 1 else [])
        same(
            f"{what} consent",
            work.needs_consent,
            found is None or RATINGS[found["rating"]] in ("Mature", "Explicit") or bool(bits & 3),
        )
        mine = [chapter for chapter in truth["chapters"] if chapter["sid"] == sid]
        state = "hidden" if row.get("validated") == "0" else "posted" if mine else "held"
        same(f"{what} state", work.state, state)
        wanted = [
            f"{source}:{key}"
            for column, source in (("catid", "categories"), ("classes", "classes"), ("charid", "characters"))
            for key in row.get(column, "").split(",")
            if here.has("tag", f"{source}:{key}")
        ]
        same(
            f"{what} tags",
            sorted(work.work_tags.values_list("tag_id", flat=True)),
            sorted(here.keys["tag", key] for key in wanted),
        )
        for kind in ("fandom", "character", "relationship", "additional"):
            order = [
                here.keys["tag", key] for key in wanted if Tag.objects.get(pk=here.keys["tag", key]).kind.slug == kind
            ]
            same(
                f"{what} order of {kind}",
                list(work.work_tags.filter(tag__kind__slug=kind).order_by("position").values_list("tag_id", flat=True)),
                order,
            )
        same(f"{what} hits", work.stats.hits, row.get("count", 0))
        same(f"{what} reviews", work.stats.reviews, sum(review["item"] == sid for review in reviews))
        same(f"{what} chapters", work.chapters.count(), len(mine))
        same(
            f"{what} shown chapters", work.chapter_count, sum(chapter.get("validated", "1") != "0" for chapter in mine)
        )
        same(
            f"{what} challenges",
            {response.challenge_id for response in work.challenge_responses.all()},
            {here.keys["challenge", key] for key in row.get("challenges", "").split(",") if here.has("challenge", key)},
        )
        same(
            f"{what} of bulk",
            (work.arrived_in_bulk, work.origin_url),
            (True, f"http://www.old.example/fic/viewstory.php?sid={sid}"),
        )
    assert Work.objects.count() == len(truth["stories"])


def chapters(truth: Rows, here: Here, same: Same, _: str) -> None:
    known, main = {row["uid"] for row in truth["authors"]}, {row["sid"]: row["uid"] for row in truth["stories"]}
    for sid, author in main.items():
        mine = sorted(
            (row for row in truth["chapters"] if row["sid"] == sid), key=lambda row: (row["inorder"], row["chapid"])
        )
        for position, row in enumerate(mine, start=1):
            chapter, what = here("chapter", row["chapid"], Chapter), f"chapter {row['chapid']}"
            same(f"{what} place", (chapter.work_id, chapter.position), (here.keys["work", str(sid)], position))
            same(f"{what} title", chapter.title, line(row["title"]))
            same(f"{what} notes", shown(chapter.notes), words(row.get("notes")))
            same(f"{what} end notes", shown(chapter.end_notes), words(row.get("endnotes")))
            same(f"{what} text", shown(chapter.text.markup), words(row["storytext"]))
            same(f"{what} rendered", shown(chapter.text.rendered), words(row["storytext"]))
            same(f"{what} hidden", chapter.state, "hidden" if row.get("validated") == "0" else "posted")
            guest = row["uid"] != author and row["uid"] in known
            same(f"{what} contributor", chapter.contributor_id, here.keys["person", str(row["uid"])] if guest else None)
    assert Chapter.objects.count() == sum(row["sid"] in main for row in truth["chapters"])


def reviews(truth: Rows, here: Here, same: Same, _: str) -> None:
    known = {row["uid"] for row in truth["authors"]}
    things = {"ST": ("work", "stories", "sid"), "SE": ("series", "series", "seriesid")}
    carried = 0
    for row in truth["reviews"]:
        what = f"review {row['reviewid']}"
        kind, table, column = things.get(row["type"], ("", "", ""))
        if not kind or row["item"] not in {other[column] for other in truth[table]}:
            same(f"{what} left out", here.has("review", row["reviewid"]), False)
            continue
        carried += 1
        review = here("review", row["reviewid"], Review)
        same(f"{what} target", (review.work_id or review.series_id), here.keys[kind, str(row["item"])])
        text, _, answer = row["review"].partition("<br><br><i>Author\\'s Response: ")
        same(f"{what} text", shown(review.text), [] if text == "No Review" else words(text))
        replies = list(review.replies.all())
        same(f"{what} answer", [shown(reply.text) for reply in replies], [words(answer)] if answer else [])
        same(f"{what} answered by the author", [reply.by_author for reply in replies], [True] * len(replies))
        same(f"{what} stars", review.stars, row.get("rating") if 1 <= row.get("rating", 0) <= 10 else None)
        same(f"{what} date", review.written_at, moment(row["date"]))
        same(
            f"{what} chapter",
            review.chapter_id,
            here.keys.get(("chapter", str(row["chapid"]))) if kind == "work" else None,
        )
        member = row["uid"] in known
        same(
            f"{what} signed",
            (review.pen_name_id, review.guest_name),
            (here.keys["person", str(row["uid"])], "") if member else (None, line(row["reviewer"])),
        )
    same("reviews in all", Review.objects.filter(parent=None).count(), carried)


def series(truth: Rows, here: Here, same: Same, _: str) -> None:
    for row in truth["series"]:
        found, what = here("series", row["seriesid"], Series), f"series {row['seriesid']}"
        same(f"{what} title", found.title, line(row["title"]))
        same(f"{what} summary", shown(found.summary), words(row["summary"]))
        same(f"{what} openness", found.openness, ["closed", "moderated", "open"][row["isopen"]])
        same(
            f"{what} author",
            list(found.authors.values_list("pk", flat=True)),
            [here.keys["person", str(row["uid"])]] if here.has("person", row["uid"]) else [],
        )
        inside = sorted(
            (place for place in truth["inseries"] if place["seriesid"] == row["seriesid"]),
            key=lambda place: place["inorder"],
        )
        want = [
            (
                here.keys.get(("work", str(place["sid"]))),
                here.keys["series", str(place["subseriesid"])] if place["subseriesid"] else None,
                place.get("confirmed", 1) == 1,
            )
            for place in inside
            if place["sid"] != 9999 and place["subseriesid"] != row["seriesid"]
        ]
        same(
            f"{what} places",
            list(found.places.order_by("position").values_list("work_id", "subseries_id", "confirmed")),
            want,
        )
        same(
            f"{what} challenges",
            [response.challenge_id for response in found.challenge_responses.all()],
            [here.keys["challenge", "12"]] if row.get("challenges") and Site.objects.get().version != "3.5.3" else [],
        )


def challenges(truth: Rows, here: Here, same: Same, _: str) -> None:
    for row in truth["challenges"]:
        found, what = here("challenge", row["chalid"], Challenge), f"challenge {row['chalid']}"
        same(f"{what} title", found.title, line(row["title"]))
        same(f"{what} summary", shown(found.summary), words(row["summary"]))
        member = here.keys.get(("person", str(row["uid"])))
        same(
            f"{what} challenger",
            (found.challenger_id, found.challenger_name),
            (member, "" if member else line(row["challenger"])),
        )
        wanted = {
            here.keys["tag", f"{source}:{key}"]
            for column, source in (("catid", "categories"), ("characters", "characters"))
            for key in row[column].split(",")
            if here.has("tag", f"{source}:{key}")
        }
        same(f"{what} tags", set(found.tags.values_list("pk", flat=True)), wanted)


def favourites(truth: Rows, same: Same) -> None:
    kinds = {
        "ST": ("story", "stories", "sid"),
        "AU": ("author", "authors", "uid"),
        "SE": ("series", "series", "seriesid"),
    }
    for row in truth["authors"]:
        want = []
        for favourite in truth["favorites"]:
            kind, table, column = kinds[favourite["type"]]
            if favourite["uid"] == row["uid"] and favourite["item"] in {other[column] for other in truth[table]}:
                want.append((kind, str(favourite["item"]), words(favourite["comments"])))
        kept = FormerMember.objects.get(old_id=str(row["uid"])).favourites
        same(
            f"favourites of {row['uid']}",
            sorted((one["kind"], one["target"], shown(one["comment"])) for one in kept),
            sorted(want),
        )


def news(truth: Rows, here: Here, same: Same, _: str) -> None:
    for row in truth["news"]:
        found, what = here("news", row["nid"], News), f"news {row['nid']}"
        same(f"{what} title", found.title, line(row["title"]) or "Untitled")
        same(f"{what} text", shown(found.text), words(row["story"]))
        same(f"{what} author", found.author_name, line(row["author"]))
        same(f"{what} date", found.written_at, moment(row["time"]))
        same(f"{what} shown", found.is_public, True)
    for row in truth["comments"]:
        what = f"comment {row['cid']}"
        if row["nid"] == 404:
            same(f"{what} left out", here.has("review", f"comment-{row['cid']}"), False)
            continue
        comment = here("review", f"comment-{row['cid']}", NewsComment)
        same(f"{what} text", shown(comment.text), words(row["comment"]))
        same(f"{what} date", comment.written_at, moment(row["time"]))
        same(f"{what} signed", comment.pen_name_id, here.keys.get(("person", str(row["uid"]))))


def pages(truth: Rows, here: Here, same: Same, _: str) -> None:
    wanted = [row for row in truth["messages"] if row["message_name"] != "thankyou"]
    got = sorted((page.title, " ".join(shown(page.text))) for page in CustomPage.objects.all())
    same("pages", got, sorted((line(row["message_title"]), line(row["message_text"])) for row in wanted))
    same("pages shown", CustomPage.objects.filter(is_public=True).count(), 0)
    assert not CustomPage.objects.filter(text__contains="evil").exists()


def report(truth: Rows, run: Run, same: Same) -> None:
    same("report balanced", run.report["balanced"], True)
    short = {name.rpartition("fanfiction_")[2]: row for name, row in run.report["tables"].items()}
    for table, held in truth.items():
        if held:
            counted = short[table]
            accounted = counted["taken"] + counted["merged"] + sum(counted["left_out"].values())
            same(f"rows of {table}", counted["rows"], len(held))
            same(f"sums of {table}", accounted, len(held))


def test_what_an_old_warning_says_is_words_and_never_markup(db: None, tmp_path: Path, client: Any) -> None:
    truth = rows_of(WORLD, "", flags="flag", version="3.5.8")
    truth["ratings"][3]["warningtext"] = "&lt;script&gt;alert(1)&lt;/script&gt; Beware"
    path = tmp_path / "dump.sql"
    path.write_bytes(efiction_dump.dump(truth))
    rescue(path, None)
    page = client.get(f"/read/{Work.objects.get(title='Warned of').pk}/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Beware" in page
    assert "meant for adults" not in page
