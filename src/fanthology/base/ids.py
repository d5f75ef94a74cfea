"""Ids are given out once, for an address that meant one thing must never come to mean another."""

from __future__ import annotations

from django.db import connection
from django.db.models import Model


def start_above(model: type[Model], taken: int) -> None:
    """New rows of `model` get ids above `taken`; never lower ones than they would have got anyway."""
    table = model._meta.db_table  # noqa: SLF001 - Django's public name for it
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("UPDATE sqlite_sequence SET seq = MAX(seq, %s) WHERE name = %s", [taken, table])
            if not cursor.rowcount:  # nothing was ever written to this table
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, taken])
        else:
            counter = "pg_get_serial_sequence(%s, 'id')"
            cursor.execute(f"SELECT setval({counter}, GREATEST(nextval({counter}), %s))", [table, table, taken])
