"""MySQL dumps as a stream of rows. SQL is parsed, never executed.

Hides: quoting styles, escapes, literals, comments, statements of no interest, broken places.
`events(stream)` yields `Table` (a definition), `Names` (what the dump says about its own charset), `Row` and `Trouble`.
Values are `bytes`, `int` or None: which charset a text column is in is decided by whoever knows the column.
Memory: one row at a time, whatever the length of the statement; a row longer than `MAX_ROW` is a broken place.

The scanner is a few regular expressions over a sliding buffer. Their quantifiers are possessive, so a chapter of
many megabytes costs one pass and no backtracking, and input that does not fit fails at once.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

Value = bytes | int | None

MAX_ROW = 64 * 1024 * 1024
"""Bytes of one row. MySQL's own packet limit is 16 MiB by default, 1 GiB at most; prose stays far below."""

CHUNK = 1024 * 1024

_COMMENT = rb"--[^\n]*+\n|\#[^\n]*+\n|/\*(?!!)(?:[^*]++|\*(?!/))*+\*/"
_SINGLE = rb"'(?:[^'\\]++|\\.|'')*+'"
_DOUBLE = rb'"(?:[^"\\]++|\\.|"")*+"'
_NAME = rb"(?:`(?:[^`]++|``)++`|\"[^\"\\]++\"|[\w$\x80-\xff-]++)"
_GAP = rb"\s*+"


def _value_pattern(group: bytes) -> bytes:
    """A literal: '…', "…", 0x…, x'…', or a word (NULL, a number, a call such as now()). `group` opens what is captured."""
    return (
        rb"(?:_[a-z0-9]++\s*+|N(?='))?+(?:"  # a charset introducer, or the N of a national string
        rb"'" + group + rb"(?:[^'\\]++|\\.|'')*+)'"
        rb'|"' + group + rb'(?:[^"\\]++|\\.|"")*+)"'
        rb"|0[xX]" + group + rb"[0-9A-Fa-f]*+)|[xX]'" + group + rb"[0-9A-Fa-f]*+)'"
        rb"|" + group + rb"[^\s'\"`(),;]++(?:\([^()'\"]*+\))?+))"
    )


_ANY = _value_pattern(rb"(?:")
VALUE = re.compile(_value_pattern(rb"("), re.DOTALL | re.IGNORECASE)
ROW = re.compile(
    rb"\(" + _GAP + _ANY + rb"(?:" + _GAP + rb"," + _GAP + _ANY + rb")*+" + _GAP + rb"\)", re.DOTALL | re.IGNORECASE
)
SPACE = re.compile(rb"(?:\s++|" + _COMMENT + rb")*+", re.DOTALL)
KEYWORD = re.compile(rb"[A-Za-z]++")
INSERT = re.compile(
    rb"(?:INSERT|REPLACE)\b(?:\s++(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE))*+(?:\s++INTO\b)?+\s*+"
    rb"(" + _NAME + rb"(?:\s*+\.\s*+" + _NAME + rb")?+)\s*+(?:\(([^()]*+)\)\s*+)?+VALUES?\b\s*+",
    re.DOTALL | re.IGNORECASE,
)
CREATE = re.compile(
    rb"CREATE\s++(?:TEMPORARY\s++)?+TABLE\s++(?:IF\s++NOT\s++EXISTS\s++)?+"
    rb"(" + _NAME + rb"(?:\s*+\.\s*+" + _NAME + rb")?+)\s*+\((.*)\)([^)]*+)\Z",
    re.DOTALL | re.IGNORECASE,
)
STATEMENT = re.compile(
    rb"(?:[^;'\"`#/-]++|" + _SINGLE + rb"|" + _DOUBLE + rb"|`[^`]*+`|" + _COMMENT + rb"|/\*!|[#/-])*+;", re.DOTALL
)
CONDITIONAL = re.compile(rb"/\*(?:M?!)[^*]*+(?:\*(?!/)[^*]*+)*+\*/;?+", re.DOTALL)
INSIDE = re.compile(rb"/\*M?!\d*+\s*+((?:INSERT|REPLACE)\b.*?)\*/;?+\Z", re.DOTALL | re.IGNORECASE)
DELIMITER = re.compile(rb"DELIMITER[ \t]++(\S++)[^\n]*+\n", re.IGNORECASE)
SET_NAMES = re.compile(rb"\bSET\s++(?:NAMES|CHARACTER\s+SET)\s++['\"]?+(\w++)", re.IGNORECASE)
RESUME = re.compile(
    rb"\n(?=(?:INSERT|REPLACE)\s[^\n]{0,200}?\bINTO\b|(?:CREATE|DROP|LOCK|UNLOCK)\s++TABLES?\b|--\s|/\*!|\#\s)",
    re.IGNORECASE,
)
KNOWN = frozenset(
    b"INSERT REPLACE CREATE DROP LOCK UNLOCK SET USE ALTER BEGIN START COMMIT ROLLBACK DELETE UPDATE TRUNCATE GRANT "
    b"FLUSH CALL ANALYZE OPTIMIZE DELIMITER SELECT SHOW CHANGE REVOKE END".split()
)
NOT_COLUMNS = frozenset(b"PRIMARY KEY UNIQUE INDEX CONSTRAINT FULLTEXT SPATIAL FOREIGN CHECK".split())

_ESCAPE = re.compile(rb"\\(.)|''|\"\"", re.DOTALL)
_ESCAPED = {b"0": b"\0", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"Z": b"\x1a", b"%": b"\\%", b"_": b"\\_"}
_COLUMN = re.compile(rb"\s*+(" + _NAME + rb")\s++([A-Za-z]++[^,]*+)", re.DOTALL)
_CHARSET = re.compile(rb"(?:CHARSET|CHARACTER\s+SET)\s*+=?\s*+(\w++)", re.IGNORECASE)
_NAMES = re.compile(_NAME)
_INTEGER = re.compile(rb"[+-]?\d{1,20}\Z")


class Table(NamedTuple):
    """A definition: column names and types in order, and the charset its text is stored in ("" = unsaid)."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    charset: str


class Names(NamedTuple):
    """`SET NAMES`: the charset of the bytes of this file, as MySQL calls it ("utf8mb4", "latin1")."""

    charset: str


class Row(NamedTuple):
    """One row of an INSERT or REPLACE. `columns` is None when the statement does not name them."""

    table: str
    columns: tuple[str, ...] | None
    values: tuple[Value, ...]


class Trouble(NamedTuple):
    """A place that could not be read, at a byte offset of the (unpacked) stream; reading went on after it.

    `code` is a finding code: dump.truncated (the stream ends inside a statement), dump.garbage (bytes between
    statements), dump.damaged (a statement whose rows cannot be told apart), dump.statement (rows made by a query).
    """

    code: str
    offset: int
    message: str
    sample: bytes


Event = Table | Names | Row | Trouble


def events(stream: BinaryIO) -> Iterator[Event]:
    """Parse one dump file from its start. Reads ahead of what it yields by at most one row and one chunk."""
    return _Scanner(stream).events()


def unescape(raw: bytes, quote: bytes = b"'") -> bytes:
    r"""The value of a quoted literal: `\'` and doubled quotes undone as MySQL does it (`\%` and `\_` stay as they are)."""
    if b"\\" not in raw and quote not in raw:
        return raw
    double = quote * 2

    def one(match: re.Match[bytes]) -> bytes:
        letter = match[1]
        if letter is None:
            return quote if match[0] == double else match[0]
        return _ESCAPED.get(letter, letter)

    return _ESCAPE.sub(one, raw)


def identifier(raw: bytes) -> str:
    """A table or column name: quotes off, the database before the dot dropped."""
    name: bytes = _NAMES.findall(raw)[-1]
    if name[:1] in b'`"':
        name = name[1:-1].replace(b"``", b"`")
    return name.decode("utf-8", "replace")


def table_of(statement: bytes) -> Table | None:
    """The definition in a CREATE TABLE statement (without its semicolon), or None where it defines no columns."""
    match = CREATE.match(statement)
    if match is None:
        return None
    columns, types = [], []
    for part in _parts(match[2]):
        column = _COLUMN.match(part)
        if column is None or (column[1].upper() in NOT_COLUMNS and column[1][:1] != b"`"):
            continue
        columns.append(identifier(column[1]))
        types.append(column[2].strip().lower().decode("ascii", "replace"))
    charset = _CHARSET.search(match[3])
    return Table(identifier(match[1]), tuple(columns), tuple(types), charset[1].decode().lower() if charset else "")


_PART = re.compile(
    rb"(?:[^,()'\"`]++|"
    + _SINGLE
    + rb"|"
    + _DOUBLE
    + rb"|`[^`]*+`|\((?:[^()'\"]++|"
    + _SINGLE
    + rb"|"
    + _DOUBLE
    + rb")*+\)|[()'\"`])++",
    re.DOTALL,
)


def _parts(body: bytes) -> list[bytes]:
    """The comma-separated parts of a table's body; commas inside brackets and quotes do not part."""
    return _PART.findall(body)


def values_of(row: bytes) -> tuple[Value, ...]:
    """All values of one bracketed row."""
    return tuple([_value(match) for match in VALUE.finditer(row, 1, len(row) - 1)])


def _value(match: re.Match[bytes]) -> Value:
    """The value of one literal; which group of VALUE matched says what it is."""
    kind, raw = match.lastindex, match[match.lastindex or 0]
    if kind == 1:
        return unescape(raw)
    if kind == 2:
        return unescape(raw, b'"')
    if kind in (3, 4):
        return bytes.fromhex((raw if len(raw) % 2 == 0 else b"0" + raw).decode())
    if _INTEGER.match(raw):
        return int(raw)
    word = raw.upper()
    if word in (b"TRUE", b"FALSE"):
        return int(word == b"TRUE")
    return raw if raw[:1] in b"+-.0123456789" else None


class _Scanner:
    """The sliding buffer: `data[at:]` is unread; `base` is the stream offset of data[0]."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.data = b""
        self.at = 0
        self.base = 0
        self.ended = False
        self.ask = CHUNK

    # -- the buffer

    def more(self) -> bool:
        """Read on. What was passed is let go. The amount doubles while one match stays open, so retries stay linear."""
        if self.ended:
            return False
        chunk = self.stream.read(self.ask)
        if not chunk:
            self.ended = True
            return False
        self.base += self.at
        self.data = self.data[self.at :] + chunk
        self.at = 0
        self.ask = min(self.ask * 2, 16 * CHUNK)
        return True

    def passed(self, at: int) -> None:
        self.at = at
        self.ask = CHUNK

    def left(self) -> int:
        return len(self.data) - self.at

    def need(self, size: int) -> None:
        while self.left() < size and self.more():
            pass

    def trouble(self, code: str, message: str, at: int | None = None) -> Trouble:
        at = self.at if at is None else at
        return Trouble(code, self.base + at, message, self.data[at : at + 60])

    # -- between statements

    def events(self) -> Iterator[Event]:
        self.need(4)
        if self.data.startswith(b"\xef\xbb\xbf"):
            self.passed(3)
        while True:
            self.skip_space()
            if not self.left():
                return
            yield from self.statement()

    def skip_space(self) -> None:
        """Pass white space and comments, also those longer than the buffer."""
        while True:
            self.need(3)
            match = SPACE.match(self.data, self.at)
            self.passed(match.end() if match else self.at)
            start = self.data[self.at : self.at + 2]
            open_comment = (
                start[:1] == b"#"
                or start == b"--"
                or (start == b"/*" and self.data[self.at + 2 : self.at + 3] not in b"!M")
            )
            if self.left() and not open_comment:
                return
            if not self.more():
                if open_comment:
                    self.passed(len(self.data))
                return
            if self.left() > MAX_ROW:
                return

    def statement(self) -> Iterator[Event]:
        self.need(4096)
        if self.data.startswith(b"/*", self.at):
            yield from self.conditional()
            return
        if self.data.startswith(b";", self.at):
            self.passed(self.at + 1)
            return
        word = KEYWORD.match(self.data, self.at)
        keyword = word[0].upper() if word else b""
        if keyword not in KNOWN:
            yield from self.resume("dump.garbage", "Bytes that are no SQL statement were passed over")
        elif keyword == b"DELIMITER":
            self.pass_routine()
        elif keyword in (b"INSERT", b"REPLACE"):
            yield from self.insert()
        else:
            yield from self.other(keyword)

    def conditional(self) -> Iterator[Event]:
        r"""`/*!40101 SET NAMES utf8 */`: the charset matters, and rows; triggers, views and the rest are passed."""
        begins = self.base + self.at
        match = self.whole(CONDITIONAL)
        if match is None:
            yield from self.resume("dump.garbage", "A comment is never closed")
            return
        inside = INSIDE.match(match)
        if inside is None:
            yield from _names(match)
            return
        for event in events(io.BytesIO(inside[1] + b";")):
            yield event._replace(offset=event.offset + begins) if isinstance(event, Trouble) else event

    def other(self, keyword: bytes) -> Iterator[Event]:
        statement = self.whole(STATEMENT)
        if statement is None:
            yield from self.resume("dump.damaged", "A statement is never closed")
            return
        if keyword == b"CREATE":
            table = table_of(statement[:-1])
            if table is not None:
                yield table
        elif keyword == b"SET":
            yield from _names(statement)

    def whole(self, pattern: re.Pattern[bytes]) -> bytes | None:
        """The text that `pattern` matches here, read on as needed; None when it never does."""
        while True:
            match = pattern.match(self.data, self.at)
            if match is not None:
                self.passed(match.end())
                return match[0]
            if self.left() > MAX_ROW or not self.more():
                return None

    def pass_routine(self) -> None:
        """Stored routines stand between `DELIMITER ;;` and `DELIMITER ;`."""
        self.need(4096)
        match = DELIMITER.match(self.data, self.at)
        self.passed(match.end() if match else self.at + 9)
        if match is None or match[1] == b";":
            return
        closing = re.compile(rb"\n\s*+DELIMITER[ \t]++;[^\n]*+(?:\n|\Z)", re.IGNORECASE)
        while True:
            found = closing.search(self.data, self.at)
            if found:
                self.passed(found.end())
                return
            self.passed(max(self.at, len(self.data) - 64))
            if not self.more():
                self.passed(len(self.data))
                return

    def resume(self, code: str, message: str, at: int | None = None) -> Iterator[Event]:
        """Pass on to the next line that starts a statement, and report what was passed."""
        trouble = self.trouble(code, message, at)
        while True:
            found = RESUME.search(self.data, self.at)
            if found:
                self.passed(found.end())
                yield trouble
                return
            self.passed(max(self.at, len(self.data) - 256))
            if not self.more():
                self.passed(len(self.data))
                cut = code == "dump.damaged"
                yield (
                    trouble._replace(code="dump.truncated", message="The dump ends inside a statement")
                    if cut
                    else trouble
                )
                return

    # -- rows

    def insert(self) -> Iterator[Event]:
        header = INSERT.match(self.data, self.at)
        while header is None and self.left() < 4 * CHUNK and self.more():
            header = INSERT.match(self.data, self.at)
        if header is None:
            yield from self.insert_without_values()
            return
        table = identifier(header[1])
        columns = (
            None if header[2] is None else tuple(identifier(part) for part in header[2].split(b",") if part.strip())
        )
        self.passed(header.end())
        while True:
            row = self.row()
            if row is None:
                yield from self.resume("dump.damaged", f"A row of {table} could not be told from the next", self.at)
                return
            yield Row(table, columns, values_of(row))
            if not self.another_row():
                return

    def insert_without_values(self) -> Iterator[Event]:
        """INSERT … SELECT or SET: what it would insert is not in the file."""
        trouble = self.trouble("dump.statement", "Rows that a query would make are not in the file")
        if self.whole(STATEMENT) is None:
            yield from self.resume("dump.damaged", "A statement is never closed")
        else:
            yield trouble

    def row(self) -> bytes | None:
        """The next bracketed row, read on as needed; None when it cannot be one."""
        while True:
            match = ROW.match(self.data, self.at)
            if match is not None:
                self.passed(match.end())
                return match[0]
            if self.row_is_broken() or self.left() > MAX_ROW or not self.more():
                return None

    def row_is_broken(self) -> bool:
        """Whether more bytes could not make a row of this: some value ends well and no comma or bracket follows."""
        if not self.left():
            return False
        if not self.data.startswith(b"(", self.at):
            return True
        end = len(self.data)
        at = _after_space(self.data, self.at + 1)
        while True:
            value = VALUE.match(self.data, at)
            if value is None:
                return at < end and self.data[at] not in b"'\"_0xXnN"
            at = _after_space(self.data, value.end())
            if at >= end:
                return False
            if self.data[at] != 44:  # a comma
                return True
            at = _after_space(self.data, at + 1)

    def another_row(self) -> bool:
        """What follows a row: a comma (another row), or the end of the statement in whatever form."""
        self.skip_space()
        mark = self.data[self.at : self.at + 1]
        if mark == b",":
            self.passed(self.at + 1)
            self.skip_space()
            return self.data[self.at : self.at + 1] in (b"(", b"")  # a comma at the very end: there was a row to come
        if mark == b";":
            self.passed(self.at + 1)
        elif KEYWORD.match(self.data, self.at) and self.data[self.at : self.at + 3].upper() in (b"ON ", b"AS "):
            self.whole(STATEMENT)
        return False


_WHITE = re.compile(rb"\s*+")


def _after_space(data: bytes, at: int) -> int:
    match = _WHITE.match(data, at)
    return match.end() if match else at


def _names(statement: bytes) -> Iterator[Names]:
    found = SET_NAMES.search(statement[:4096])
    if found and found[1].lower() != b"default":
        yield Names(found[1].decode("ascii", "replace").lower())
