"""Dumps as no tool should write them and some do: ids that are none, rows inside comments. Nothing breaks, nothing is lost in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from fanthology.rescue.models import Run
from fanthology.rescue.sources import Source
from fanthology.works.models import Chapter, Work
from tests import efiction_dump
from tests.rescue import old_site

AUTHORS: list[efiction_dump.Row] = [{"uid": 3, "penname": "Ann"}]


def rescued(folder: Path, data: bytes) -> Run:
    path = folder / "odd.sql"
    path.write_bytes(data)
    run = old_site.rescue(path)
    assert run.report["balanced"], run.report["tables"]
    return run


def titles() -> set[str]:
    return set(Work.objects.values_list("title", flat=True))


def test_ids_that_are_none_cost_their_own_row_and_no_other(db: None, tmp_path: Path) -> None:
    wrong: dict[str, efiction_dump.Cell] = {
        "Zero": 0,
        "Below": -3,
        "Padded": b"007",
        "Largest": 2**63 - 1,
        "Beyond": 2**64,
        "Words": b"12abc",
        "Nothing": None,
    }
    stories: list[efiction_dump.Row] = [{"sid": sid, "title": title, "uid": 3} for title, sid in wrong.items()]
    chapters: list[efiction_dump.Row] = [
        {"chapid": number, "sid": sid, "uid": 3, "storytext": f"Of {title}."}
        for number, (title, sid) in enumerate(wrong.items(), start=1)
    ]
    chapters += [{"chapid": 2**70, "sid": 7, "uid": 3, "storytext": "Too far out."}]
    reviews: list[efiction_dump.Row] = [
        {"reviewid": 2**65, "item": 7, "review": "Far out.", "uid": 0, "type": "ST"},
        {"reviewid": 1, "item": 2**65, "review": "Of nothing.", "uid": 2**65, "type": "ST"},
    ]
    run = rescued(
        tmp_path, efiction_dump.dump({"authors": AUTHORS, "stories": stories, "chapters": chapters, "reviews": reviews})
    )
    assert titles() == {"Zero", "Below", "Padded", "Largest"}
    for chapter in Chapter.objects.select_related("work", "text"):
        assert f"Of {chapter.work.title}." in chapter.text.markup, "no chapter changed its story"
    assert Chapter.objects.count() == 4
    tables = run.report["tables"]
    assert tables["fanfiction_stories"]["left_out"] == {"has no readable id": 3}
    assert sum(tables["fanfiction_chapters"]["left_out"].values()) == 4
    assert sum(tables["fanfiction_reviews"]["left_out"].values()) == 2


def test_rows_inside_a_conditional_comment_are_rows(db: None, tmp_path: Path) -> None:
    """MySQL runs what stands in /*!40000 … */, so it counts."""
    data = efiction_dump.dump({"authors": AUTHORS, "stories": [{"sid": 1, "title": "Outside", "uid": 3}]})
    more = efiction_dump.dump({"stories": [{"sid": 2, "title": "Inside", "uid": 3}]})
    statement = next(part for part in more.split(b";\n") if part.lstrip().startswith(b"INSERT")).strip()
    rescued(tmp_path, data + b"/*!40000 " + statement + b" */;\n/*!50001 CREATE VIEW `v` AS SELECT 1 */;\n")
    assert titles() == {"Outside", "Inside"}


@pytest.mark.parametrize("name", ["backup.txt", "dump.sql.old", "fanfiction"])
@pytest.mark.parametrize("where", ["beside", "inside"])
def test_a_dump_is_known_by_how_it_begins(db: None, tmp_path: Path, name: str, where: str) -> None:
    folder = tmp_path / "remains"
    folder.mkdir()
    story: list[efiction_dump.Row] = [{"sid": 5, "title": "Found", "uid": 3}]
    chapter: list[efiction_dump.Row] = [{"chapid": 9, "sid": 5, "uid": 3, "storytext": "It was there."}]
    dump = efiction_dump.dump({"authors": AUTHORS, "stories": story, "chapters": chapter})
    (folder / name).write_bytes(b"-- made on a Tuesday\n/* by\nhand */\n\n" + dump)
    (folder / "aaa-readme.txt").write_text("INSERT INTO is what a dump is made of, said the keeper.")
    path = folder if where == "inside" else folder / name
    assert Source((path,)).is_dump
    run = old_site.rescue(path)
    assert run.report["balanced"]
    assert titles() == {"Found"}
