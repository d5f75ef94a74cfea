"""Chapters that eFiction kept as files: `stories/<uid>/<chapid>.txt`, wherever the folder lies now."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from ...context import Limits
from ...errors import FormatError
from ...model import Finding
from ..records import RowCount
from ..tree import Member, is_archive, is_sql

_CHAPTER = re.compile(r"(?:\A|/)(?:(\d{1,12})/)?(\d{1,12})\.(txt|html?|php)\Z", re.IGNORECASE)
_RANK = {"txt": 0, "html": 1, "htm": 1, "php": 2}

TABLE = "text files"
"""What the account calls the files, beside the tables."""


class Texts:
    """The files by chapter number. Every text file is counted: read for a chapter, or stray."""

    def __init__(self, members: Iterable[Member] | None, limits: Limits) -> None:
        self.limits = limits
        self.account = RowCount()
        self.given = members is not None
        self._found: dict[int, list[tuple[str, int, Member]]] = defaultdict(list)
        self.others = 0
        for member in members or ():
            match = _CHAPTER.search(member.name)
            if match is None:
                self.others += not is_archive(member.name) and not is_sql(member.name)
                continue
            self._found[int(match[2])].append((match[1] or "", _RANK[match[3].lower()], member))
            self.account.rows += 1

    def of(
        self, chapter: int, folders: tuple[str, ...], findings: list[Finding], where: str
    ) -> tuple[bytes, Member] | None:
        """The text of a chapter: from the folder of its contributor, of its author, else from any. None = no file.

        Each file is handed out once. Further files of the same number are reported, and counted as left out.
        """

        def order(found: tuple[str, int, Member]) -> tuple[int, int]:
            folder, rank, _ = found
            return (folders.index(folder) if folder in folders else len(folders), rank)

        files = sorted(self._found.pop(chapter, ()), key=order)
        result = None
        for folder, _, member in files:
            if result is not None:
                self._leave_out("another file of the same chapter was taken")
                findings.append(
                    Finding(
                        "file.several",
                        "warning",
                        "Several files have the number of this chapter",
                        where,
                        before=member.name,
                    )
                )
                continue
            try:
                result = (member.read(self.limits.input_bytes), member)
            except FormatError as error:
                self._leave_out("could not be read")
                findings.append(Finding("file.unreadable", "loss", error.message, where, before=member.name))
                continue
            self.account.taken += 1
            if folder and folder not in folders:
                findings.append(
                    Finding(
                        "file.elsewhere",
                        "info",
                        "The file lay in the folder of another member",
                        where,
                        before=member.name,
                    )
                )
        return result

    def leave(self, chapters: Iterable[int]) -> None:
        """These chapters are left out, and so are their files."""
        for chapter in chapters:
            for _ in self._found.pop(chapter, ()):
                self._leave_out("the story of its chapter is not in the dump")

    def strays(self) -> list[Finding]:
        """What nobody asked for. Ask once, at the end."""
        findings = []
        for files in self._found.values():
            for _, _, member in files:
                self._leave_out("no chapter has this number")
                findings.append(
                    Finding(
                        "file.stray",
                        "warning",
                        "A text file belongs to no chapter of the database",
                        "files",
                        before=member.name,
                    )
                )
        self._found.clear()
        if self.others:
            findings.append(
                Finding(
                    "file.other",
                    "info",
                    "Files that are no chapters (images, indexes) were not carried over",
                    "files",
                    count=self.others,
                )
            )
        return findings

    def _leave_out(self, reason: str) -> None:
        self.account.left_out[reason] = self.account.left_out.get(reason, 0) + 1
