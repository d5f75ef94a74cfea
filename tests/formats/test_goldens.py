"""Every folder of cases/ is one input of a kind people really have, with the Story JSON it must give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fanthology.formats import read
from fanthology.formats.transforms import story_to_dict

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir() if path.is_dir())


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_case_reads_as_wanted(case: Path, update_goldens: bool) -> None:
    source = next(case.glob("in.*"))
    stories = [story_to_dict(story) for story in read(source.read_bytes(), name=f"{case.name}{source.suffix}").stories]
    got = json.dumps(stories, ensure_ascii=False, indent=1) + "\n"
    want = case / "want.json"
    if update_goldens:
        want.write_text(got, encoding="utf-8")
    assert json.loads(got) == json.loads(want.read_text(encoding="utf-8"))


def test_every_case_has_one_input() -> None:
    assert len(CASES) >= 15
    assert all(len(list(case.glob("in.*"))) == 1 for case in CASES)
