"""A report as tables on a terminal. Made from the JSON alone, like the page."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fanthology.base.web import counted

LEVELS = {"loss": "lost there", "warning": "to check", "info": "repaired or noted"}


def print_report(report: dict[str, Any], console: Console | None = None) -> None:
    """Private things and permission first, then losses and repairs, then every row of every table."""
    out = console or Console(width=None if sys.stdout.isatty() else 140)
    software = " ".join(filter(None, (report.get("site", {}).get("software"), report.get("site", {}).get("version"))))
    site, totals = report.get("site", {}), report.get("totals", {})
    out.print(f"\n[bold]{escape(site.get('name') or 'A site without a name')}[/bold] ({escape(software)})")
    out.print(
        ", ".join(
            f"{name}: {totals.get(name, 0):,}"
            for name in ("stories", "chapters", "words", "people", "reviews", "series")
        )
    )
    _words(out, report)
    _findings(out, report.get("findings", []))
    _tables(out, report)
    here = report.get("here", {}).get("work", {})
    if here:
        out.print("Works: " + ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(here.items())))
    if report.get("dry_run"):
        out.print("This was a dry run: nothing was changed.")
    elif "published" in report:
        out.print(f"Published: {counted(report['published'], 'work', 'works')}.")


def _words(out: Console, report: dict[str, Any]) -> None:
    permission, private = report.get("permission", {}), report.get("private", {})
    if permission.get("words"):
        out.print(
            f"Permission: {counted(len(permission['words']), 'story says', 'stories say')} something about archiving; "
            f"asked first and held: {permission['asks_first']:,}."
        )
    if private:
        out.print(
            "Private, shown to nobody: " + ", ".join(f"{escape(name)}: {number:,}" for name, number in private.items())
        )
    for decision, number in report.get("policy", {}).get("counts", {}).items():
        out.print(f"Policy: {number:,} × {escape(decision)}")
    vanished = report.get("vanished", {})
    gone = [
        *([counted(int(vanished["number"][0]), "work", "works")] if vanished.get("number") else []),
        *([counted(len(vanished["chapters"]), "chapter", "chapters")] if vanished.get("chapters") else []),
    ]
    if gone:
        out.print(f"No longer in this dump, kept here: {', '.join(gone)}.")


def _findings(out: Console, findings: list[dict[str, Any]]) -> None:
    if not findings:
        return
    table = Table("what", "places", "in", "for example", title="What was found", title_justify="left", expand=False)
    for found in findings:
        sample = found["samples"][0] if found["samples"] else {}
        change = (
            f"{sample.get('before', '')[:40]} → {sample.get('after', '')[:40]}"
            if sample.get("after")
            else sample.get("before", "")[:60]
        )
        label = f"{LEVELS.get(found['severity'], '')}: {found['message'].rstrip('.')} ({found['code']})"
        table.add_row(escape(label), f"{found['places']:,}", f"{found['things']:,}", escape(change))
    out.print(table)


def _tables(out: Console, report: dict[str, Any]) -> None:
    table = Table(
        "table", "rows", "taken", "merged", "left out", "why", title="Every row accounted for", title_justify="left"
    )
    for name, row in report.get("tables", {}).items():
        left = sum(row["left_out"].values())
        why = "; ".join(f"{number:,} {reason}" for reason, number in row["left_out"].items())
        mark = "" if row.get("balanced", True) else " (the sums do not add up)"
        table.add_row(
            escape(name.rpartition("fanfiction_")[2]),
            f"{row['rows']:,}",
            f"{row['taken']:,}",
            f"{row['merged']:,}",
            f"{left:,}",
            escape(why + mark),
        )
    out.print(table)
