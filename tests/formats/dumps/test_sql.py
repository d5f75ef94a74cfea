"""The tokenizer: every value comes back as it went in, nothing makes it fall over, and broken places are named."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanthology.formats.dumps import sql
from fanthology.formats.dumps.sql import Names, Row, Table, Trouble
from tests import efiction_dump


class Dripping(io.BytesIO):
    """A stream that gives little at a time, so that every token gets cut somewhere."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(7, size or 7))


def events(data: bytes, *, drip: bool = False) -> list[sql.Event]:
    return list(sql.events(Dripping(data) if drip else io.BytesIO(data)))


def rows(data: bytes, *, drip: bool = False) -> list[tuple]:
    return [event.values for event in events(data, drip=drip) if isinstance(event, Row)]


@pytest.mark.parametrize("drip", [False, True])
@given(values=st.lists(st.none() | st.integers(-(10**18), 10**18) | st.binary(max_size=40), min_size=1, max_size=4))
def test_any_value_survives_both_ways_of_quoting(drip: bool, values: list) -> None:
    for quote in (b"'", b'"'):
        body = b",".join(efiction_dump.literal(value, quote=quote) for value in values)
        assert rows(b"INSERT INTO `t` VALUES (" + body + b");\n", drip=drip) == [tuple(values)]


@given(st.binary(max_size=60).filter(lambda data: b"\\" not in data))
def test_doubled_quotes_stand_for_one(data: bytes) -> None:
    assert rows(b"INSERT INTO t VALUES ('" + data.replace(b"'", b"''") + b"');") == [(data,)]


@settings(max_examples=300)
@given(
    st.binary(max_size=200),
    st.sampled_from(
        [b"", b"INSERT INTO t VALUES ", b"INSERT INTO t VALUES (1,'a'),(", b"CREATE TABLE t (a int, ", b"/*!", b"-- "]
    ),
)
def test_garbage_never_raises(garbage: bytes, before: bytes) -> None:
    for event in events(before + garbage, drip=len(garbage) < 40):
        assert isinstance(event, Row | Table | Names | Trouble)


@settings(max_examples=100)
@given(st.integers(0, 400))
def test_a_dump_cut_anywhere_gives_whole_rows_or_a_trouble(at: int) -> None:
    data = b"".join(b"INSERT INTO t VALUES (%d,'it\\'s; (a) row');\n" % number for number in range(12))
    found = rows(data[:at])
    assert found == [(number, b"it's; (a) row") for number in range(len(found))]
    troubles = [event for event in events(data[:at]) if isinstance(event, Trouble)]
    whole_lines = data[:at].count(b");")
    assert len(found) == whole_lines or len(found) == whole_lines + 1
    assert all(trouble.code in ("dump.truncated", "dump.garbage") for trouble in troubles)


def test_literals_of_all_kinds() -> None:
    data = rb"""INSERT INTO t VALUES (0x4142, X'43', _binary 'ab', _utf8'cd', N'ef', -5, +6, 1.5, 1e3, NULL, null, TRUE, false, now(), 'a\0b\Z\%\n');"""
    assert rows(data) == [
        (b"AB", b"C", b"ab", b"cd", b"ef", -5, 6, b"1.5", b"1e3", None, None, 1, 0, None, b"a\0b\x1a\\%\n")
    ]


@pytest.mark.parametrize(
    "statement",
    [
        b"INSERT INTO t VALUES (1,'x');",
        b"insert into `t` values(1,'x');",
        b"INSERT IGNORE INTO t VALUES (1,'x')",
        b"INSERT DELAYED INTO `db`.`t` VALUE (1, 'x') ;",
        b"REPLACE INTO t VALUES\r\n(1,\r\n'x');\r\n",
        b'INSERT INTO "t" VALUES (1,"x") ON DUPLICATE KEY UPDATE a=1;',
        b"INSERT t VALUES (1,'x');",
        b"/* a */ INSERT /* no */;INSERT INTO t VALUES (1,'x');",
    ],
)
def test_every_way_to_write_an_insert(statement: bytes) -> None:
    found = [event for event in events(statement) if isinstance(event, Row)]
    assert found == [Row("t", None, (1, b"x"))]


def test_columns_are_named_where_the_statement_names_them() -> None:
    assert events(b"INSERT INTO t (`a`, b ,`c``d`) VALUES (1,2,3),(4,5,6);") == [
        Row("t", ("a", "b", "c`d"), (1, 2, 3)),
        Row("t", ("a", "b", "c`d"), (4, 5, 6)),
    ]


def test_a_definition_gives_columns_types_and_charset() -> None:
    statement = (
        b"CREATE TABLE IF NOT EXISTS `t` (\n `id` int(11) NOT NULL auto_increment,\n `a b` enum('x,y','(') default 'k;', key_name varchar(9),\n"
        b"`key` text,\n PRIMARY KEY  (`id`),\n KEY `both` (`id`,`key`), UNIQUE KEY `u` (`key`(10))\n) ENGINE=MyISAM DEFAULT CHARSET=latin2;"
    )
    (table,) = events(statement)
    assert isinstance(table, Table)
    assert table.columns == ("id", "a b", "key_name", "key")
    assert table.types[0].startswith("int(11)")
    assert table.charset == "latin2"


def test_set_names_is_heard_inside_and_outside_comments() -> None:
    data = b"/*!40101 SET NAMES utf8 */;\nSET NAMES 'latin1';\nSET NAMES DEFAULT;\n/*!40101 SET SQL_MODE=1 */;\n"
    assert events(data) == [Names("utf8"), Names("latin1")]


def test_what_is_no_row_is_passed_over() -> None:
    data = (
        b"\xef\xbb\xbf-- a comment; with 'quotes\n# another \"one\n/* and ; ' this */\nCREATE DATABASE x; USE `x`;\nLOCK TABLES `t` WRITE;\n"
        b"/*!40000 ALTER TABLE `t` DISABLE KEYS */;\nINSERT INTO t VALUES (1);\nUNLOCK TABLES;\n"
        b"DELIMITER ;;\nCREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW BEGIN INSERT INTO t VALUES (9); END ;;\nDELIMITER ;\n"
        b"INSERT INTO t VALUES (2);\nDELIMITER ;\n;\nINSERT INTO t VALUES (3);\n-- the end"
    )
    for drip in (False, True):
        assert events(data, drip=drip) == [Row("t", None, (1,)), Row("t", None, (2,)), Row("t", None, (3,))]


def test_what_is_longer_than_one_look_is_passed_and_read_whole() -> None:
    comment = b"x" * 9_000
    data = (
        b"CREATE TABLE `t` (`a` int COMMENT '" + comment + b"');\n"
        b"DELIMITER ;;\nCREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW BEGIN /* " + comment + b" */ "
        b"INSERT INTO t VALUES (9); END ;;\nDELIMITER ;\nINSERT INTO t VALUES (1);\n"
    )
    for drip in (False, True):
        table, row = events(data, drip=drip)
        assert isinstance(table, Table)
        assert (table.name, table.columns) == ("t", ("a",))
        assert row == Row("t", None, (1,))


@pytest.mark.parametrize(
    ("data", "values", "place"),
    [
        (b"/*!50001 INSERT INTO t VALUES (1),(2) */;\n", [1, 2], None),
        (b"/*!50001 INSERT INTO t VALUES (1),x */;\n", [1], 10),
        (b"INSERT INTO t VALUES (1), x;\nINSERT INTO t VALUES (2);\n", [1, 2], 20),
        (b"INSERT INTO t VALUES (1), ", [1], 25),
        (b"INSERT INTO t VALUES ", [], 20),
        (b"INSERT INTO t VALUES x;\nINSERT INTO t VALUES (2);\n", [2], 0),
    ],
)
def test_rows_in_a_conditional_comment_and_rows_that_are_none(
    data: bytes, values: list[int], place: int | None
) -> None:
    for drip in (False, True):
        assert rows(data, drip=drip) == [(value,) for value in values]
        troubles = [event for event in events(data, drip=drip) if isinstance(event, Trouble)]
        assert len(troubles) == (place is not None)
        assert all(trouble.offset >= (place or 0) for trouble in troubles), "counted from the start of the file"


def test_garbage_between_statements_is_reported_with_its_place() -> None:
    data = b"INSERT INTO t VALUES (1);\n<b>Warning</b>: it's broken; in line 3\nINSERT INTO t VALUES (2);\n"
    first, trouble, second = events(data)
    assert (first, second) == (Row("t", None, (1,)), Row("t", None, (2,)))
    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.offset) == ("dump.garbage", 26)
    assert trouble.sample.startswith(b"<b>Warning")


def test_a_broken_row_costs_only_its_statement() -> None:
    data = b"INSERT INTO t VALUES (1,'a'),(2,'b' 'c oops'),(3,'d');\nINSERT INTO t VALUES (4,'e');\n"
    found = events(data)
    assert [event.values[0] for event in found if isinstance(event, Row)] == [1, 4]
    assert [event.code for event in found if isinstance(event, Trouble)] == ["dump.damaged"]


def test_a_quote_never_closed_costs_only_its_row() -> None:
    data = b"INSERT INTO t VALUES (1,'never closed);\nINSERT INTO t VALUES (2,'b');\nINSERT INTO t VALUES (3,'c');\n"
    found = events(data)
    assert (3, b"c") in [event.values for event in found if isinstance(event, Row)]
    assert any(isinstance(event, Trouble) for event in found)


def test_the_end_in_the_middle_of_a_row_is_a_loss() -> None:
    found = events(b"INSERT INTO t VALUES (1,'a'),(2,'the text goes on and")
    assert found[0] == Row("t", None, (1, b"a"))
    assert [event.code for event in found[1:] if isinstance(event, Trouble)] == ["dump.truncated"]


def test_rows_that_a_query_would_make_are_reported() -> None:
    (trouble, row) = events(b"INSERT INTO t SELECT * FROM u WHERE a='b;c';\nINSERT INTO t VALUES (1);")
    assert isinstance(trouble, Trouble)
    assert trouble.code == "dump.statement"
    assert row == Row("t", None, (1,))


@pytest.mark.parametrize(
    "end",
    [
        b"/* never closed",
        b"/*!40101 never closed",
        b"CREATE TABLE t (a int, b 'x",
        b"INSERT INTO t SELECT 'x",
        b"DELIMITER ;;\nfoo",
        b"DELIMITER",
    ],
)
def test_an_open_end_is_reported_or_empty(end: bytes) -> None:
    assert all(isinstance(event, Trouble) for event in events(end))


def test_a_row_longer_than_any_chapter_is_a_broken_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "MAX_ROW", 3 * sql.CHUNK)
    data = b"INSERT INTO t VALUES (1,'" + b"x" * 9 * sql.CHUNK + b"');\nINSERT INTO t VALUES (2,'y');\n"
    found = events(data)
    assert [event.values for event in found if isinstance(event, Row)] == [(2, b"y")]
    assert [event.code for event in found if isinstance(event, Trouble)] == ["dump.damaged"]
    comment = b"/*" + b"x" * 9 * sql.CHUNK + b"*/\nINSERT INTO t VALUES (3);\n"
    assert [event.values for event in events(comment) if isinstance(event, Row)] == [(3,)]


def test_a_header_longer_than_what_was_read() -> None:
    names = ", ".join(f"`column_{number}`" for number in range(700))
    data = f"INSERT INTO t ({names}) VALUES ({','.join('1' * 700)});".encode()
    (row,) = events(data, drip=True)
    assert isinstance(row, Row)
    assert len(row.columns or ()) == len(row.values) == 700
