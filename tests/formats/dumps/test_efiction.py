"""A whole site in every shape that a dump can have: the same records come out, and every row is counted."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import resource
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fanthology.formats.context import Limits
from fanthology.formats.dumps import open_dump
from fanthology.formats.dumps.efiction.kinds import kind_of
from fanthology.formats.dumps.efiction.rows import date_of
from fanthology.formats.dumps.efiction.schema import Guess, plausible
from fanthology.formats.dumps.records import ChallengeRecord, PersonRecord, StoryRecord, TagRecord
from fanthology.formats.errors import Ambiguous, FormatError, LimitExceeded, UnknownFormat
from fanthology.formats.model import WARNINGS
from tests import efiction_dump

from .conftest import SHARED, codes, named, rescue

Tables = dict[str, list[dict[str, Any]]]

SITE: Tables = {
    "authors": [
        {"uid": 3, "penname": "Ann", "date": 1_000_000_000, "bio": "“Hello”"},
        {"uid": 12, "penname": "Bö"},
        {"uid": 40, "penname": "Cy"},
    ],
    "authorprefs": [{"uid": 3, "level": 1}, {"uid": 12}],
    "categories": [
        {"catid": 1, "category": "World"},
        {"catid": 2, "category": "Part", "parentcatid": 1, "locked": "1"},
    ],
    "characters": [{"charid": 5, "charname": "Mina", "catid": 1}],
    "classtypes": [
        {"classtype_id": 1, "classtype_name": "warnings", "classtype_title": "Warnungen"},
        {"classtype_id": 2, "classtype_name": "pairing", "classtype_title": "Pairings"},
    ],
    "classes": [
        {"class_id": 1, "class_type": 1, "class_name": "Non-Con"},
        {"class_id": 2, "class_type": 1, "class_name": "Spiders"},
        {"class_id": 3, "class_type": 2, "class_name": "Mina/Lucy"},
        {"class_id": 4, "class_type": 2, "class_name": "Gen"},
        {"class_id": 5, "class_type": 9, "class_name": "Sad"},
    ],
    "ratings": [{"rid": 2, "rating": "PG-13"}],
    "challenges": [{"chalid": 1, "challenger": "Ann", "uid": 3, "title": "Dare", "catid": "1,2", "characters": "5"}],
    "stories": [
        {
            "sid": 10,
            "title": "One & “two”",
            "uid": 3,
            "catid": "2,1",
            "classes": "3,1,2,4,5",
            "charid": "5",
            "rid": "2",
            "challenges": "1",
            "date": 1_100_000_000,
            "updated": 1_200_000_000,
            "count": 17,
        },
        {
            "sid": 11,
            "title": "Round",
            "uid": 12,
            "rr": "1",
            "completed": "0",
            "featured": "1",
            "date": 1_100_000_000,
            "updated": 1_100_000_000,
        },
    ],
    "chapters": [
        {
            "chapid": 90,
            "sid": 11,
            "uid": 40,
            "inorder": 2,
            "title": "B",
            "storytext": "<p>Zwei.</p>",
            "endnotes": "TBC",
        },
        {
            "chapid": 91,
            "sid": 11,
            "uid": 12,
            "inorder": 1,
            "title": "A",
            "storytext": "<p>Eins — “zwei”.</p>",
            "notes": "A/N",
        },
        {
            "chapid": 92,
            "sid": 10,
            "uid": 3,
            "inorder": 1,
            "title": "Only",
            "storytext": "Line\r\nLine\r\n\r\nEnd it's \"so\" \\o/ ; (x), 'y'",
        },
    ],
    "coauthors": [{"sid": 10, "uid": 12}],
    "series": [{"seriesid": 1, "title": "Set", "uid": 3, "isopen": 2}],
    "inseries": [{"seriesid": 1, "sid": 10, "inorder": 2}, {"seriesid": 1, "sid": 11, "inorder": 1}],
    "reviews": [
        {
            "reviewid": 7,
            "item": 10,
            "chapid": 92,
            "reviewer": "Guest",
            "review": "Nice — really",
            "date": 1_150_000_000,
            "rating": 8,
        }
    ],
    "favorites": [
        {"uid": 12, "item": 10, "type": "ST", "comments": "best"},
        {"uid": 12, "item": 3, "type": "AU"},
        {"uid": 3, "item": 1, "type": "SE"},
    ],
    "news": [{"nid": 1, "author": "Ann", "title": "News", "story": "We move.", "time": 1_160_000_000}],
    "comments": [{"cid": 1, "nid": 1, "uid": 12, "comment": "Where?", "time": 1_160_000_001}],
    "messages": [{"message_id": 1, "message_name": "help", "message_title": "Help", "message_text": "<p>Ask.</p>"}],
    "log": [{"log_id": 1, "log_action": "x"}],
}
"""Small, and every table of it once."""


@pytest.fixture(scope="module")
def expected(tmp_path_factory) -> list:
    path = tmp_path_factory.mktemp("site") / "dump.sql"
    path.write_bytes(efiction_dump.dump(SITE))
    return rescue(path).records


@pytest.mark.parametrize("style", ["mysqldump", "phpmyadmin", "admin"])
@pytest.mark.parametrize(
    ("encoding", "declared"), [("utf-8", "utf8"), ("utf-8", None), ("cp1252", "latin1"), ("cp1252", None)]
)
@pytest.mark.parametrize("prefix", ["", "wb_", "my-site_x"])
def test_the_same_site_in_every_shape(
    dumped, expected, style: str, encoding: str, declared: str | None, prefix: str
) -> None:
    rescued = dumped(SITE, style=style, encoding=encoding, declared=declared, prefix=prefix)
    assert rescued.records[1:] == expected[1:]
    assert (rescued.site.prefix, rescued.prefixes) == (prefix, (prefix,))
    assert all(table.startswith(prefix) for table in rescued.counts)


@pytest.mark.parametrize("style", ["mysqldump", "phpmyadmin", "admin"])
@pytest.mark.parametrize("version", ["3.0", "3.5.3"])
def test_older_versions_hold_the_same(dumped, expected, style: str, version: str) -> None:
    """Their dates are DATETIMEs without a zone, so only the Z at the end of an instant differs, and the version."""
    rescued = dumped(SITE, style=style, version=version, declared=None if style == "admin" else "utf8")
    found = [str(record).replace(version, "3.5.8") for record in rescued.records]
    assert found == [str(record).replace("Z'", "'") for record in expected]


def test_what_stands_where(dumped) -> None:
    rescued = dumped(SITE)
    one = rescued.story(10)
    assert (one.story.title, one.story.fandoms, one.story.characters) == ("One & “two”", ("Part", "World"), ("Mina",))
    assert (one.story.relationships, one.story.additional_tags, one.story.categories) == (
        ("Mina/Lucy",),
        ("Sad",),
        ("Gen",),
    )
    assert (one.story.warnings, one.story.warnings_as_written) == (("Rape/Non-Con",), ("Non-Con", "Spiders"))
    assert one.tags[:3] == (("categories", "2"), ("categories", "1"), ("classes", "3"))
    assert (one.authors, [author.name for author in one.story.authors]) == (("3", "12"), ["Ann", "Bö"])
    assert (one.story.published, one.story.updated, one.story.complete, one.reads) == (
        "2004-11-09",
        "2008-01-10",
        True,
        17,
    )
    assert one.story.source.ids == (("sid", "10"),)
    assert one.story.source.url == "http://old.example/viewstory.php?sid=10"
    assert [(place.title, place.position) for place in one.story.series] == [("Set", 2)]
    assert one.challenges == ("1",)
    round_robin = rescued.story(11)
    assert (round_robin.round_robin, round_robin.featured, round_robin.story.complete) == (True, True, False)
    assert round_robin.chapter_authors == ((2, "40"),)
    assert [(c.title, c.position, dict(c.source_ids)) for c in round_robin.story.chapters] == [
        ("A", 1, {"chapid": "91", "inorder": "1"}),
        ("B", 2, {"chapid": "90", "inorder": "2"}),
    ]
    assert rescued.series(1).places == (("story", "11", True), ("story", "10", True))
    assert rescued.series(1).openness == "open"
    assert (rescued.review(7).date, rescued.review(7).chapter_key, rescued.review(7).stars) == (
        "2006-06-11T04:26:40Z",
        "92",
        8,
    )
    assert {(f.person, f.kind, f.target, str(f.comment)) for f in rescued.favourites()} == {
        ("12", "story", "10", "<p>best</p>"),
        ("12", "author", "3", ""),
        ("3", "series", "1", ""),
    }
    assert rescued.tag("categories", 2).parent == "1"
    assert rescued.tag("categories", 2).locked
    assert rescued.tag("characters", 5).fandom == "1"
    assert [tag.kind for tag in rescued.all(TagRecord) if tag.source == "classes"] == [
        "warning",
        "warning",
        "relationship",
        "category",
        "additional",
    ]
    assert rescued.count("fanfiction_log").left_out == {"private: what staff and members did on the old site": 1}


def test_records_come_after_what_they_refer_to(expected) -> None:
    kinds = list(dict.fromkeys(type(record).__name__.removesuffix("Record") for record in expected))
    assert kinds == [
        "Site",
        "Rating",
        "Tag",
        "Person",
        "Challenge",
        "Story",
        "Series",
        "Review",
        "Favourite",
        "News",
        "Page",
    ]
    assert expected[0].name == "An Old Archive"


# -- several sites, other tables


QUOTED = "He typed: INSERT INTO x_fanfiction_stories VALUES (1);\nINSERT INTO y_fanfiction_stories VALUES ('1', 'two')"


@pytest.mark.parametrize("style", ["mysqldump", "phpmyadmin", "admin"])
@pytest.mark.parametrize("broken", [b"", b"\nINSERT INTO fanfiction_stories VALUES (1, 'cut"])
def test_a_statement_quoted_in_a_story_is_no_archive(tmp_path: Path, style: str, broken: bytes) -> None:
    path = tmp_path / "dump.sql"
    chapters = [SITE["chapters"][0] | {"storytext": QUOTED, "notes": f"-- {QUOTED}"}, *SITE["chapters"][1:]]
    data = efiction_dump.dump(SITE | {"chapters": chapters}, prefix="ours_", style=style)  # type: ignore[arg-type]
    # as a program would write it that leaves line breaks as they are
    path.write_bytes(data.replace(rb"(1);\n", b"(1);\n") + broken.replace(b"fanfiction", b"ours_fanfiction"))
    rescued = rescue(path)
    assert rescued.prefixes == ("ours_",)
    assert "INTO y_fanfiction_stories VALUES (" in repr(rescued.all(StoryRecord))


@pytest.mark.parametrize(
    "statement",
    [
        f"INSERT INTO wp_posts VALUES (1, '{QUOTED.replace(chr(39), chr(39) * 2)}');\n",
        f"-- {QUOTED.splitlines()[0]}\nINSERT INTO wp_posts VALUES (1, 'x');\n",
        "INSERT INTO wp_posts VALUES (1, 'the table CREATE TABLE x_fanfiction_stories (sid int);');\n",
    ],
)
def test_a_dump_that_only_speaks_of_an_archive_holds_none(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "dump.sql"
    path.write_bytes(statement.encode())
    with pytest.raises(UnknownFormat):
        open_dump(path)


def test_a_dump_broken_from_its_first_statement_is_still_one(tmp_path: Path) -> None:
    path = tmp_path / "dump.sql"
    path.write_bytes(b"INSERT INTO w_fanfiction_stories VALUES (1, 'cut")
    rescued = rescue(path)
    assert rescued.prefixes == ("w_",)
    assert codes(rescued.findings) >= {"dump.truncated"}


def test_trap_16_several_sites_in_one_dump(tmp_path: Path) -> None:
    path = tmp_path / "host.sql"
    other: Tables = {
        "authors": [{"uid": 3, "penname": "Zed"}],
        "stories": [{"sid": 10, "title": "Another", "uid": 3}],
        "chapters": [{"chapid": 1, "sid": 10, "storytext": "x"}],
    }
    forum: Tables = {
        "phpbb_users": [{"user_id": 1, "name": "x"}],
        "wb_fanfiction_recommendations": [{"recid": 1, "url": "x"}],
    }
    both = [
        {"sitekey": "a", "sitename": "First", "tableprefix": ""},
        {"sitekey": "b", "sitename": "Second", "tableprefix": "wb_"},
    ]
    path.write_bytes(
        efiction_dump.dump(SITE | {"settings": both})
        + efiction_dump.dump(other | {"settings": []}, prefix="wb_", others=forum)
    )
    with pytest.raises(Ambiguous) as error:
        open_dump(path)
    assert error.value.choices == ("", "wb_")
    with pytest.raises(Ambiguous):
        open_dump(path, prefix="nosuch_")
    first, second = rescue(path, prefix=""), rescue(path, prefix="wb_")
    assert (first.site.name, second.site.name) == ("First", "Second")
    assert first.story(10).story.title == "One & “two”"
    assert second.story(10).story.title == "Another"
    assert rescue(path, prefix="wb_fanfiction_").site.name == "Second"
    assert second.prefixes == ("", "wb_")
    assert second.count("phpbb_users").left_out == {"not an eFiction table": 1}
    assert second.count("wb_fanfiction_recommendations").left_out == {
        "table of an add-on that this reader does not know": 1
    }
    assert second.count("fanfiction_stories").left_out == {"belongs to another archive in this dump (prefix '')": 2}
    assert second.count("fanfiction_settings").left_out == {"settings of another archive": 1}


def test_an_empty_copy_of_the_tables_is_no_second_site(tmp_path: Path) -> None:
    path = tmp_path / "host.sql"
    empty: Tables = {"authors": [], "stories": [], "chapters": [], "settings": []}
    path.write_bytes(efiction_dump.dump(SITE) + efiction_dump.dump(empty, prefix="test_"))
    assert rescue(path).prefixes == ("",)


def test_members_that_live_in_a_forum_are_missed_aloud(dumped) -> None:
    rescued = dumped(
        {
            "stories": [{"sid": 1, "title": "T", "uid": 5}],
            "chapters": [{"chapid": 1, "sid": 1, "storytext": "x"}],
            "settings": [],
        }
    )
    assert {"people.elsewhere", "site.unnamed"} <= codes(rescued.findings)
    assert rescued.story(1).missing_authors == ("5",)
    assert rescued.story(1).story.source.url is None


def test_columns_of_add_ons_are_kept_as_labels(tmp_path: Path) -> None:
    path = tmp_path / "dump.sql"
    path.write_bytes(
        efiction_dump.dump(SITE | {"stories": []})
        + b"INSERT INTO fanfiction_stories (sid, title, uid, validated, wip_plan, empty) VALUES (10, 'T', 3, 1, 'three parts', '0');\n"
    )
    assert rescue(path).story(10).story.labels == (("wip_plan", "three parts"),)


def test_warnings_are_ours_only_from_the_shared_words_and_the_old_words_stay(dumped) -> None:
    written = ("Non-Con", "Spoilers for book 9", "None", "Character Death", "Main character death", "Underage", "Gore")
    types = [{"classtype_id": 1, "classtype_name": "warnings", "classtype_title": "Warnings"}]
    classes = [{"class_id": n, "class_type": 1, "class_name": name} for n, name in enumerate(written, 1)]
    story = SITE["stories"][0] | {"classes": ",".join(str(row["class_id"]) for row in classes)}
    rescued = dumped(SITE | {"classtypes": types, "classes": classes, "stories": [story]})
    found = rescued.story(10).story
    assert found.warnings == ("Rape/Non-Con", "Major Character Death", "Underage Sex")
    assert found.warnings_as_written == written
    tags = [tag for tag in rescued.all(TagRecord) if tag.source == "classes"]
    assert tuple(tag.name for tag in tags) == written
    assert {tag.mapped for tag in tags} - {None} == set(found.warnings) <= set(WARNINGS)


def test_genres_and_warnings_of_version_two(tmp_path: Path) -> None:
    path = tmp_path / "dump.sql"
    path.write_bytes(
        efiction_dump.dump({"authors": [{"uid": 3, "penname": "Ann"}]})
        + b"INSERT INTO fanfiction_genres (gid, genre) VALUES (1,'Angst');\nINSERT INTO fanfiction_warnings (wid, warning) VALUES (1,'Rape'),(2,'Gore');\n"
        b"INSERT INTO fanfiction_stories (sid, title, uid, gid, wid, counter) VALUES (10, 'T', 3, '1', '2,1', 5);\n"
        b"INSERT INTO fanfiction_reviews (reviewid, sid, psid, reviewer, member, review, date, rating) VALUES (1, 10, 0, 'Bo', 3, 'Good', '2003-00-00', 10);\n"
    )
    rescued = rescue(path)
    story = rescued.story(10)
    assert (story.story.additional_tags, story.story.warnings_as_written, story.reads) == (
        ("Angst",),
        ("Gore", "Rape"),
        5,
    )
    assert (rescued.review(1).author_key, rescued.review(1).date) == ("3", "2003")


def test_lists_of_coauthors_that_outlived_an_update(dumped) -> None:
    """A site that was updated has a table, flags for it, and stories from before that list members."""
    people = [*SITE["authors"], {"uid": 1, "penname": "The Admin", "password": "x"}]
    flagged, listed, alone, named = (
        SITE["stories"][0] | {"sid": 100 + at, "coauthors": value}
        for at, value in enumerate(("1", "12,40", "12", "Wil"))
    )
    site = {"authors": people, "stories": [flagged, listed, alone, named], "coauthors": [{"sid": 100, "uid": 12}]}
    rescued = dumped(SITE | site)
    main = str(flagged["uid"])
    assert rescued.story(100).authors == (main, "12"), "1 is a flag here, and no work of the admin's"
    assert rescued.story(101).authors == (main, "12", "40")
    assert rescued.story(102).authors == (main, "12")
    assert "coauthor.missing" not in codes(rescued.story(102).story.findings)
    assert [found.before for found in rescued.story(103).story.findings if found.code == "coauthor.missing"] == ["Wil"]


@pytest.mark.parametrize(
    ("coauthors", "table", "wanted"),
    [
        ("1", [{"sid": 10, "uid": 12}], ("3", "12")),
        ("12,40", [], ("3", "12", "40")),
        ("12", [], ("3", "12")),
        ("40,12", [{"sid": 10, "uid": 12}], ("3", "12", "40")),
        ("0", [], ("3",)),
        ("1", [], ("3",)),
        ("3", [{"sid": 10, "uid": 3}], ("3",)),
    ],
)
def test_coauthors_as_flag_table_or_list(dumped, coauthors: str, table: list, wanted: tuple) -> None:
    story = SITE["stories"][0] | {"coauthors": coauthors}
    rescued = dumped(SITE | {"stories": [story, SITE["stories"][1]], "coauthors": table})
    assert rescued.story(10).authors == wanted
    assert ("coauthor.missing" in codes(rescued.story(10).story.findings)) == (coauthors == "1" and not table)


def test_rows_that_come_twice_are_merged_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "dump.sql"
    newer = {"stories": [SITE["stories"][0] | {"title": "Newer"}], "settings": []}
    path.write_bytes(efiction_dump.dump(SITE) + efiction_dump.dump(newer))
    rescued = rescue(path)
    assert rescued.story(10).story.title == "Newer"
    account = rescued.count("fanfiction_stories")
    assert (account.rows, account.taken, account.merged) == (3, 2, 1)
    assert named(rescued.findings, "row.repeated")[0].count == 1


def test_a_number_is_the_same_however_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "dump.sql"
    path.write_bytes(
        efiction_dump.dump(SITE)
        + b"INSERT INTO fanfiction_stories (sid, title, uid) VALUES ('0010','Newer','3'),('12','Another','3');"
    )
    rescued = rescue(path)
    assert {record.key: record.story.title for record in rescued.all(StoryRecord)} == {
        "10": "Newer",
        "11": "Round",
        "12": "Another",
    }


def test_a_table_that_says_no_charset_is_read_like_the_others(tmp_path: Path, expected) -> None:
    path = tmp_path / "dump.sql"
    path.write_bytes(re.sub(rb" DEFAULT CHARSET=\w+", b"", efiction_dump.dump(SITE)))
    assert b"CHARSET" not in path.read_bytes()
    assert rescue(path).records == expected


def test_what_leads_nowhere_is_said_where_it_stands(dumped) -> None:
    rescued = dumped(
        SITE
        | {
            "stories": [SITE["stories"][0] | {"rid": "0"}, SITE["stories"][1]],
            "challenges": [SITE["challenges"][0] | {"catid": "1,88", "characters": ""}],
        }
    )
    (unrated,) = named(rescued.story(10).story.findings, "rating.unknown")
    assert (unrated.severity, rescued.story(10).story.rating_as_written) == ("info", None)
    (challenge,) = rescued.all(ChallengeRecord)
    assert [key for _, key in challenge.tags] == ["1"]
    assert [finding.before for finding in named(challenge.findings, "tag.dangling")] == ["88"]


def test_rows_without_an_id_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "dump.sql"
    path.write_bytes(
        efiction_dump.dump(SITE) + b"INSERT INTO fanfiction_stories (sid, title) VALUES (NULL,'x'),('abc','y');"
    )
    assert rescue(path).count("fanfiction_stories").left_out == {"has no readable id": 2}


def test_a_broken_dump_gives_what_is_whole_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "dump.sql"
    data = efiction_dump.dump({"stories": SITE["stories"], "chapters": SITE["chapters"], "authors": SITE["authors"]})
    path.write_bytes(data[: data.index("“Hello”".encode()) + 2])
    rescued = rescue(path)
    assert named(rescued.findings, "dump.truncated")[0].severity == "loss"
    assert [record.key for record in rescued.all(StoryRecord)] == ["10", "11"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_no_damage_raises_anything_but_a_format_error(tmp_path: Path, data) -> None:
    dump = bytearray(efiction_dump.dump(SITE, style=data.draw(st.sampled_from(["mysqldump", "admin", "phpmyadmin"]))))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(dump) - 1))
        dump[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=12))
    path = tmp_path / "dump.sql"
    path.write_bytes(bytes(dump))
    with suppress(FormatError):
        rescue(path)  # checks that the books balance


# -- where dumps lie


def packed(kind: str, data: bytes) -> bytes:
    if kind == "zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("backup/dump.sql", data)
        return out.getvalue()
    packers: dict[str, Callable[[bytes], bytes]] = {
        "gz": gzip.compress,
        "bz2": bz2.compress,
        "xz": lzma.compress,
        "plain": bytes,
        "utf16": lambda raw: raw.decode().encode("utf-16"),
    }
    return packers[kind](data)


@pytest.mark.parametrize("kind", ["plain", "gz", "bz2", "xz", "zip", "utf16"])
def test_dumps_come_packed(tmp_path: Path, expected, kind: str) -> None:
    path = tmp_path / f"archive.{kind}"
    path.write_bytes(packed(kind, efiction_dump.dump(SITE)))
    assert rescue(path).records == expected


def test_split_files_in_a_folder_with_their_texts(tmp_path: Path, expected) -> None:
    lines = efiction_dump.dump(SITE, style="phpmyadmin").split(b"DROP TABLE")
    for number, part in enumerate(lines):
        (tmp_path / f"part_{number}.sql").write_bytes((b"DROP TABLE" if number else b"") + part)
    with tarfile.open(tmp_path / "stories.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("./stories/3/92.txt")
        info.size = 4
        archive.addfile(info, io.BytesIO(b"Tiny"))
        link = tarfile.TarInfo("stories/3/93.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    rescued = rescue(tmp_path)
    assert rescued.count("text files").rows == 1
    assert "text.two-versions" in codes(rescued.story(10).story.findings)
    assert [str(record) for record in rescued.records if not isinstance(record, StoryRecord)] == [
        str(record) for record in expected if not isinstance(record, StoryRecord)
    ]


def test_dump_and_texts_in_one_zip(tmp_path: Path) -> None:
    path = tmp_path / "everything.zip"
    bare = SITE | {"chapters": [SITE["chapters"][2] | {"storytext": None}]}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("db.sql", efiction_dump.dump(bare))
        archive.writestr("stories/3/92.txt", "From the zip.")
        archive.writestr("../../evil.txt", "x")
    rescued = rescue(path)
    assert str(rescued.story(10).story.chapters[0].text) == "<p>From the zip.</p>"
    assert not (tmp_path.parent / "evil.txt").exists()


@pytest.mark.parametrize("cut", [0.5, 0.95])
def test_a_packed_dump_cut_short_is_read_as_far_as_it_goes(tmp_path: Path, cut: float) -> None:
    path = tmp_path / "dump.sql.gz"
    data = gzip.compress(efiction_dump.dump(SITE))
    path.write_bytes(data[: int(len(data) * cut)])
    assert "dump.truncated" in codes(rescue(path).findings)


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.sql", b""), ("a.sql", b"Dear Sir,"), ("a.zip", b"PK\x05\x06" + b"\0" * 18), ("a.tar.gz", b"\x1f\x8b\x08\0")],
)
def test_what_is_no_dump_is_refused(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(FormatError):
        open_dump(path)


def test_what_is_not_there_or_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat):
        open_dump(tmp_path / "nothing")
    with pytest.raises(UnknownFormat):
        open_dump(tmp_path, kind="wordpress")


def test_traps_in_archives_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.sql.gz"
    bomb.write_bytes(gzip.compress(b"-- x\n" * 2_000_000))
    small = Limits(ratio=20, ratio_floor=1_000_000)
    with pytest.raises(LimitExceeded):
        open_dump(bomb, limits=small)
    zipped = tmp_path / "bomb.zip"
    zipped.write_bytes(packed("zip", b"-- x\n" * 2_000_000))
    with pytest.raises(LimitExceeded):
        open_dump(zipped, limits=small)
    tarred = tmp_path / "bomb.tar.gz"
    with tarfile.open(tarred, "w:gz") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = 10_000_000
        archive.addfile(info, io.BytesIO(b"\0" * info.size))
    with pytest.raises(LimitExceeded):
        open_dump(tarred, limits=small)
    with pytest.raises(LimitExceeded):
        open_dump(bomb, limits=Limits(total_bytes=1_000_000))
    for number in range(4):
        (tmp_path / f"{number}.txt").write_bytes(b"x")
    with pytest.raises(LimitExceeded):
        open_dump(tmp_path, limits=Limits(entries=3))


def test_a_text_file_too_long_is_a_loss_not_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "dump.sql"
    path.write_bytes(efiction_dump.dump(SITE))
    (tmp_path / "stories" / "3").mkdir(parents=True)
    (tmp_path / "stories" / "3" / "92.txt").write_bytes(b"x" * 2_000_000)
    rescued = rescue(tmp_path, limits=Limits(input_bytes=1_000_000))
    assert named(rescued.story(10).story.findings, "file.unreadable")[0].severity == "loss"
    assert rescued.count("text files").left_out == {"could not be read": 1}


# -- size


def test_memory_stays_flat(tmp_path: Path) -> None:
    """A dump of 60 MB, most of it in long statements, costs a small and fixed amount of memory."""
    path = tmp_path / "large.sql"
    with path.open("wb") as out:
        size = efiction_dump.blow_up(out, stories=600, words=18_000)
    assert size > 55_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open_dump(path) as dump:
        first = next(record for record in dump if isinstance(record, StoryRecord))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert first.story.word_count > 17_000
    assert grown < 45_000  # kilobytes


@pytest.mark.shared_data
def test_the_shared_sites_row_by_row(site_a, site_b) -> None:
    """Counted by hand in the database of the real site."""
    taken = {
        "authors": 15,
        "stories": 55,
        "chapters": 77,
        "reviews": 108,
        "series": 4,
        "challenges": 2,
        "favorites": 44,
        "categories": 10,
        "characters": 11,
        "classes": 16,
        "ratings": 5,
        "news": 3,
        "comments": 3,
    }
    for site, prefix in ((site_a, ""), (site_b, "wb_")):
        assert {name: site.count(f"{prefix}fanfiction_{name}").taken for name in taken} == taken
        assert site.count(f"{prefix}fanfiction_inseries").merged == 9
        assert len(site.all(PersonRecord)) == 15
    assert (SHARED / "README.md").exists()


# -- small rules


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (None, None),
        (0, None),
        (1_000_000_000, "2001-09-09T01:46:40Z"),
        (b"1000000000", "2001-09-09T01:46:40Z"),
        (99_999_999_999, None),
        (b"2003-11-02 10:11:12", "2003-11-02T10:11:12"),
        (b"2003-11-02 10:11:12.5", "2003-11-02T10:11:12"),
        (b"20031102101112", "2003-11-02T10:11:12"),
        (b"2003-11-02", "2003-11-02"),
        (b"2003-11-00", "2003-11"),
        (b"2003-00-00 00:00:00", "2003"),
        (b"0000-00-00 00:00:00", None),
        (b"2003-02-31", None),
        (b"yesterday", None),
    ],
)
def test_dates_keep_their_own_precision(value, wanted) -> None:
    assert date_of(value) == wanted


def test_layouts_of_unusual_width_are_guessed_and_said() -> None:
    guess = Guess("stories", 25)
    assert not guess.exact
    assert guess.layout().place("challenges") == 20
    assert Guess("news", 2).layout().place("nid") == 0


def test_values_speak_for_and_against_a_column() -> None:
    kinds: list[tuple[str, bytes | int | None, int]] = [
        ("i", 5, 1),
        ("i", b"x", -2),
        ("f", b"1", 1),
        ("f", b"1999", -2),
        ("c", b"1,2", 1),
        ("c", b"a,b", -2),
        ("d", b"0000-00-00 00:00:00", 1),
        ("d", b"soon", -2),
        ("t", b"word", 1),
        ("t", b"12", 0),
        ("i", None, 0),
    ]
    assert [plausible(kind, value) for kind, value, _ in kinds] == [wanted for _, _, wanted in kinds]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Warnings", "warning"),
        ("Avertissements", "warning"),
        ("Pairings", "relationship"),
        ("Paare", "relationship"),
        ("Charaktere", "character"),
        ("Fandoms", "fandom"),
        ("Genres", "additional"),
        ("", "additional"),
        *(
            (name, "warning")
            for name in ("Content Warning(s)", "Предупреждения", "Ostrzeżenia", "Avisos", "Triggerwarnungen")
        ),
        *(
            (name, "relationship")
            for name in (
                "Pairing",
                "Main Pairing(s)",
                "Pairing (main)",
                "Romantic Relationships",
                "Couple(s) principaux",
            )
        ),
        *((name, "relationship") for name in ("Пейринг", "Coppia principale", "Characters/Pairings", "main_pairings")),
        *(
            (name, "character")
            for name in (
                "Main Character",
                "Personnages principaux",
                "Personaje principal",
                "Hauptfiguren",
                "maincharacters",
            )
        ),
        *((name, "character") for name in ("Character(s)", "Персонажи", "Hahmot", "Original Characters")),
        *((name, "fandom") for name in ("Fandom", "Crossover Fandom", "Фандомы")),
        *((name, "additional") for name in ("Alternate Universe", "Universe", "Friendships", "Apprenticeship", "Ship")),
        *(
            (name, "additional")
            for name in ("Hardship", "Membership", "Starships", "Character Death", "Characterization")
        ),
        *(
            (name, "additional")
            for name in (
                "Configuration",
                "Avis de lecture",
                "Advertisements",
                "Pairing Type",
                "Mort de personnage",
                "/ &",
            )
        ),
    ],
)
def test_class_types_are_known_by_their_names(name: str, kind: str) -> None:
    assert kind_of(name) == kind


def test_of_a_class_types_names_the_one_that_readers_saw_speaks_first() -> None:
    assert kind_of("Warnings", "pairings") == "warning"
    assert kind_of("Hinweise", "warnings") == "warning"
    assert kind_of("Alternate Universe", "au") == "additional"


def test_samples_in_findings_hold_no_addresses(dumped) -> None:
    rescued = dumped(
        SITE
        | {
            "authors": [{"uid": 3, "penname": "", "bio": r"It\'s ann@mail.example, donâ€™t tell"}],
            "stories": [{"sid": 10, "title": "", "uid": 3}],
        }
    )
    assert {"text.unescaped", "person.unnamed"} <= codes(rescued.person(3).findings)
    assert "mail.example" not in repr(rescued.person(3).findings)
    assert "story.untitled" in codes(rescued.story(10).story.findings)


def test_reviews_of_add_ons_are_counted(dumped) -> None:
    rescued = dumped(
        SITE
        | {"reviews": [{"reviewid": 1, "item": 1, "type": "RE"}], "series": [SITE["series"][0] | {"challenges": ",1"}]}
    )
    assert rescued.count("fanfiction_reviews").left_out == {"a review of something of an add-on (RE)": 1}
    assert rescued.series(1).challenges == ("1",)


def test_an_archive_of_texts_cut_short_gives_what_it_has(tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_bytes(
        efiction_dump.dump(SITE | {"chapters": [SITE["chapters"][2] | {"storytext": None}]})
    )
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=0) as archive:
        for name, size in (("stories/3/92.txt", 400), ("stories/3/93.txt", 40_000)):
            info = tarfile.TarInfo(name)
            info.size = size
            archive.addfile(info, io.BytesIO(b"x" * size))
    (tmp_path / "stories.tgz").write_bytes(out.getvalue()[:20_000])
    rescued = rescue(tmp_path)
    assert "file.archive-broken" in codes(rescued.findings)
    assert str(rescued.story(10).story.chapters[0].text) == f"<p>{'x' * 400}</p>"


def test_a_charset_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat):
        open_dump(tmp_path, encoding="klingon")


def test_series_that_share_a_part_are_no_circle(dumped) -> None:
    series = [{"seriesid": number, "title": f"S{number}", "uid": 3} for number in range(1, 6)]
    inside = [{"seriesid": a, "subseriesid": b} for a, b in ((1, 2), (1, 3), (2, 4), (3, 4), (5, 1))]
    rescued = dumped(SITE | {"series": series, "inseries": inside})
    assert rescued.count("fanfiction_inseries").merged == 5


def test_an_authors_scene_break_keeps_its_ornament_in_texts_and_stays_a_line_elsewhere(dumped) -> None:
    chapter = SITE["chapters"][2] | {"storytext": "Lit at six.<br><br>***<br><br>Nobody came.", "notes": "Hello<br>***"}
    (first, *_) = dumped(SITE | {"chapters": [chapter]}).story(10).story.chapters
    assert '<hr class="scene" title="***"/>' in first.text
    assert first.word_count == 5
    assert first.notes == "<p>Hello<br/>***</p>"


def test_odd_bytes_in_odd_places(dumped) -> None:
    story = SITE["stories"][0] | {"classes": "Ängst".encode("cp1252")}
    chapters = [
        SITE["chapters"][2] | {"storytext": ("é" * 70_000).encode("cp1252")},
        SITE["chapters"][1] | {"storytext": "meet @ noon"},
        SITE["chapters"][0] | {"storytext": "", "wordcount": 0},
    ]
    rescued = dumped(SITE | {"stories": [story, SITE["stories"][1]], "chapters": chapters})
    assert rescued.story(10).story.labels == (("classes", "Ängst"),)
    assert not {"text.truncated", "private.in-text"} & codes(
        (*rescued.story(10).story.findings, *rescued.story(11).story.findings)
    )
    assert "no files were given" in named(rescued.story(11).story.findings, "text.missing")[0].message


def test_packed_parts_and_plain_tars(tmp_path: Path, expected) -> None:
    data = efiction_dump.dump(SITE)
    parts = tmp_path / "parts.sql.gz"
    parts.write_bytes(gzip.compress(data[:500]) + gzip.compress(data[500:]))
    assert rescue(parts).records == expected
    plain = tmp_path / "plain.bin"
    with tarfile.open(plain, "w") as archive:
        info = tarfile.TarInfo("dump.sql")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    assert rescue(plain).records == expected


def test_a_damaged_member_is_a_loss_of_that_text(tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_bytes(efiction_dump.dump(SITE))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("stories/", "")
        archive.writestr("stories/3/92.txt", "unmistakable words")
    (tmp_path / "texts.zip").write_bytes(out.getvalue().replace(b"unmistakable", b"unmistakeable"[:12]))
    rescued = rescue(tmp_path)
    assert named(rescued.story(10).story.findings, "file.unreadable")[0].severity == "loss"
    assert len(rescued.story(10).story.chapters[0].text) > 10
