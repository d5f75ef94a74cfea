"""The state of pages that many works are on, in one lean query.

Every kept list asks this with every request, so the SQL is written once instead of being built by the ORM each time
(which costs more than the rest of the request).
"""

from __future__ import annotations

from django.db import connection

_STATE = """
    SELECT stamp, (SELECT MAX(id) FROM base_outboxevent), (SELECT SUM(position) FROM base_outboxcursor)
    FROM base_archive WHERE id = 1
"""


def list_stamp() -> str:
    """The archive's stamp, the last thing that happened, and how far those that count have followed.

    Equal stamps mean: nothing was written since that a list could show.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        row = cursor.fetchone() or ()
    return ".".join(str(part or 0) for part in row)
