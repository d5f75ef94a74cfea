"""From the statements of a dump to the rows of one eFiction site, each counted.

Hides: versions of the schema, columns that nobody named, where rows wait.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from ...model import Finding, Severity
from .. import sql
from ..records import RowCount
from ..spool import Identity, Spool
from ..sql import Value
from . import schema
from .words import Charset, masked_name, python_charset


class Fields:
    """One row by column name. `number`, `date` and `ids` never fail: what is no number, date or id is None or left out."""

    __slots__ = ("layout", "values")

    def __init__(self, layout: schema.Layout, values: tuple[Value, ...]) -> None:
        self.layout = layout
        self.values = values

    def __getitem__(self, name: str) -> Value:
        """The raw value; None where the column does not exist or is NULL."""
        at = self.layout.place(name)
        return self.values[at] if at is not None and at < len(self.values) else None

    def has(self, name: str) -> bool:
        return self.layout.place(name) is not None

    def number(self, name: str) -> int | None:
        return integer(self[name])

    def key(self, name: str) -> str:
        """An id as text; "" where there is none (0 and negative numbers are eFiction's way to say none)."""
        number = self.number(name)
        return str(number) if number is not None and number > 0 else ""

    def word(self, name: str) -> str:
        """A short value that is plain ASCII as a rule: a flag, a type code, a hash, an address."""
        value = self[name]
        if value is None or isinstance(value, int):
            return "" if value is None else str(value)
        try:
            return value.decode().strip()
        except UnicodeDecodeError:
            return value.decode("cp1252", "replace").strip()

    def is_set(self, name: str) -> bool:
        return self.word(name) not in ("", "0", "N", "n")

    def ids(self, name: str) -> tuple[str, ...]:
        """Comma-separated entries in their order, blanks, 0 and -1 left out, each once."""
        return tuple(
            dict.fromkeys(
                part for part in (part.strip() for part in self.word(name).split(",")) if part not in ("", "0", "-1")
            )
        )

    def date(self, name: str) -> str | None:
        return date_of(self[name])


LARGEST = 2**63 - 1
NOWHERE = -LARGEST - 1
"""The group of rows that do not say which story they belong to: no story has this id."""


def integer(value: Value) -> int | None:
    """A number that a database can hold, or None."""
    if value is None:
        return None
    try:
        number = int(value)
    except ValueError:
        return None
    return number if -LARGEST <= number <= LARGEST else None


def date_of(value: Value) -> str | None:
    """UNIX seconds (as UTC), DATETIME, TIMESTAMP of 14 digits or DATE → ISO 8601 at its own precision; None = not known.

    A DATETIME has no time zone, and none is invented. The zero dates of both kinds mean: not known.
    """
    if value is None:
        return None
    text = str(value) if isinstance(value, int) else value.decode("ascii", "replace").strip()
    if re.fullmatch(r"\d{14}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[8:10]}:{text[10:12]}:{text[12:]}"
    if text.isdecimal():
        return _unix(int(text))
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d:\d\d:\d\d)(?:\.\d+)?)?", text)
    if match is None or match[1] == "0000":
        return None
    if match[2] == "00":
        return match[1]
    if match[3] == "00":
        return f"{match[1]}-{match[2]}"
    try:
        dt.date.fromisoformat(text[:10])
    except ValueError:
        return None
    return text[:10] if match[4] is None else f"{text[:10]}T{match[4]}"


def _unix(seconds: int) -> str | None:
    if not 0 < seconds < 4_102_444_800:  # 2100
        return None
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Rows:
    """The rows of one site, waiting in a spool, and the account of every row of every table of the dump."""

    def __init__(self, prefix: str, charset: Charset) -> None:
        self.prefix = prefix
        self.charset = charset
        self.spool = Spool()
        self.counts: dict[str, RowCount] = {}
        self.findings: list[Finding] = []
        self.charsets: Counter[str] = Counter()
        self._layouts: list[schema.Layout | schema.Guess] = []
        self._numbers: dict[object, int] = {}
        self._defined: dict[str, sql.Table] = {}
        self._names: dict[str, str] = {}
        self._settings: list[tuple[str, Fields]] = []
        self._skipped: dict[str, str | None] = {}
        self._guesses: dict[str, set[schema.Guess]] = {}

    # -- reading

    def take(self, events: Iterable[sql.Event], file: str) -> None:
        """Read one dump file."""
        for event in events:
            if isinstance(event, sql.Row):
                self._row(event)
            elif isinstance(event, sql.Table):
                self._defined[event.name] = event
                self._account(event.name)
                if event.charset:
                    self.charsets[event.charset] += 1
            elif isinstance(event, sql.Names):
                declared = python_charset(event.charset)
                if declared:
                    self.charset.declared = declared
            else:
                self._trouble(event, file)

    def _trouble(self, trouble: sql.Trouble, file: str) -> None:
        """Report a broken place. Only garbage between statements is shown: a broken row may hold an address or a hash."""
        severity: Severity = "loss" if trouble.code in ("dump.truncated", "dump.damaged") else "warning"
        shown = masked_name(trouble.sample.decode("utf-8", "replace")) if trouble.code == "dump.garbage" else ""
        message = f"{trouble.message} (at byte {trouble.offset:,})"
        self.findings.append(Finding(trouble.code, severity, message, file, before=shown))

    def _account(self, table: str) -> RowCount:
        return self.counts.setdefault(table, RowCount())

    def _row(self, row: sql.Row) -> None:
        account = self._account(row.table)
        account.rows += 1
        reason = self._reason(row.table)
        if reason is not None:
            _leave_out(account, reason)
            return
        name = self._name(row.table)
        number = self._layout_number(row, name)
        fields = Fields(self._shape(number), row.values)
        guess = self._layouts[number]
        if isinstance(guess, schema.Guess):
            guess.look(row.values)
        if name == "settings":
            self._settings.append((row.table, fields))
            return
        identity = self._identity(name, fields)
        if identity is None:
            _leave_out(account, "has no readable id")
            return
        for value in row.values:
            self.charset.hear(value)
        group = fields.number(schema.GROUPED_BY[name]) if name in schema.GROUPED_BY else 0
        values = row.values if isinstance(guess, schema.Guess) else _plainly(name, fields, identity)
        self.spool.put(name, identity, NOWHERE if group is None else group, number, values)

    def _reason(self, table: str) -> str | None:
        """Why rows of this table are left out altogether, or None."""
        if table not in self._skipped:
            self._skipped[table] = self._find_reason(table)
        return self._skipped[table]

    def _find_reason(self, table: str) -> str | None:
        parts = schema.split_name(table)
        if parts is None:
            return schema.NOT_EFICTION
        prefix, name = parts
        if name == "settings":  # they may stand under another prefix than the tables they speak of
            self._names[table] = name
            return None
        if prefix != self.prefix:
            return f"belongs to another archive in this dump (prefix {prefix!r})"
        if name in schema.LEFT_OUT:
            return schema.LEFT_OUT[name]
        if name not in schema.IDENTITY:
            return schema.ADD_ON
        self._names[table] = name
        return None

    def _name(self, table: str) -> str:
        return self._names[table]

    def table(self, name: str) -> str:
        """The full name of a table of this site, as the dump writes it."""
        return next((full for full, short in self._names.items() if short == name), f"{self.prefix}{schema.MARK}{name}")

    # -- layouts

    def _layout_number(self, row: sql.Row, name: str) -> int:
        columns = row.columns
        table = self._defined.get(row.table)
        if columns is None and table is not None and len(table.columns) == len(row.values):
            columns = table.columns
        key: object = (row.table, columns) if columns is not None else (row.table, len(row.values))
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._layouts)
            if columns is None:
                guess = schema.Guess(name, len(row.values))
                self._layouts.append(guess)
                self._guesses.setdefault(row.table, set()).add(guess)
            else:
                types = dict(zip((c.lower() for c in table.columns), table.types, strict=True)) if table else None
                self._layouts.append(schema.known(columns, types))
        return number

    def _shape(self, number: int) -> schema.Layout:
        layout = self._layouts[number]
        return layout.layout() if isinstance(layout, schema.Guess) else layout

    def _identity(self, name: str, fields: Fields) -> Identity | None:
        columns = schema.IDENTITY[name]
        return fields.number(columns[0]) if len(columns) == 1 else ":".join(fields.word(column) for column in columns)

    def ready(self) -> None:
        """All files are read: layouts are settled, repeated rows counted as merged."""
        self.spool.ready()
        self._layouts = [self._shape(number) for number in range(len(self._layouts))]
        for table, guesses in sorted(self._guesses.items()):
            exact = all(guess.exact for guess in guesses)
            message = f"{table}: the dump names no columns; they were known by their number" + (
                "" if exact else ", and that number is unusual"
            )
            self.findings.append(Finding("schema.guessed", "info" if exact else "warning", message, table))
        for table, name in self._names.items():
            if name == "settings":
                continue
            account = self.counts[table]
            waiting = account.rows - sum(account.left_out.values())
            repeated = waiting - self.spool.count(name)
            if repeated:
                account.merged += repeated
                message = f"{repeated} rows of {table} came twice; the later one was taken"
                self.findings.append(Finding("row.repeated", "info", message, table, count=repeated))

    # -- what came in

    def settings(self) -> Fields | None:
        """The settings of this site: the row that names its prefix, else one from its own table, else the only one."""

        def fitness(found: tuple[str, Fields]) -> int:
            table, fields = found
            own = (schema.split_name(table) or ("",))[0] == self.prefix
            return 2 * (fields.word("tableprefix").removesuffix(schema.MARK) == self.prefix) + own

        if not self._settings:
            return None
        best = max(self._settings, key=fitness)
        for table, fields in self._settings:
            if fields is best[1]:
                self._account(table).taken += 1
            else:
                _leave_out(self._account(table), "settings of another archive")
        self._settings = [best]
        for value in best[1].values:
            self.charset.hear(value)
        return best[1]

    def rows(self, name: str) -> Iterator[Fields]:
        """All rows of a table, by id."""
        for number, values in self.spool.rows(name):
            yield Fields(self._shape(number), values)

    def group(self, name: str, key: int) -> list[Fields]:
        return [Fields(self._shape(number), values) for number, values in self.spool.group(name, key)]

    def taken(self, name: str, number: int = 1) -> None:
        self._account(self.table(name)).taken += number

    def merged(self, name: str, number: int = 1) -> None:
        self._account(self.table(name)).merged += number

    def left_out(self, name: str, reason: str, number: int = 1) -> None:
        _leave_out(self._account(self.table(name)), reason, number)

    def close(self) -> None:
        self.spool.close()


def _plainly(name: str, fields: Fields, identity: Identity) -> tuple[Value, ...]:
    """The values of a row, its id written as everybody else writes it: '007' is story 7."""
    values, at = fields.values, fields.layout.place(schema.IDENTITY[name][0])
    if not isinstance(identity, int) or at is None or at >= len(values) or isinstance(values[at], int):
        return values
    return values if values[at] == b"%d" % identity else (*values[:at], identity, *values[at + 1 :])


def _leave_out(account: RowCount, reason: str, number: int = 1) -> None:
    account.left_out[reason] = account.left_out.get(reason, 0) + number
