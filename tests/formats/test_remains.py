"""The shared remains: real pages and posts with invented words, and the facts each must give."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from fanthology.formats import Story, read
from fanthology.formats.errors import FormatError, NotAStory
from fanthology.formats.transforms import word_count

REMAINS = Path(__file__).parents[2].parent / "shared" / "data" / "remains"
WANTS = sorted(REMAINS.glob("*/*.want.json"))
OURS = ("ao3-page", "otw-clone", "plain-text", "crawl-text")
SCALARS = ("title", "rating", "language", "published", "updated", "complete", "expected_chapters")
LISTS = ("warnings", "categories", "fandoms", "relationships", "characters", "additional_tags")

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not WANTS, reason="the shared data is not beside the checkout"),
]


def source_of(want: Path) -> Path:
    return want.with_name(want.name.removesuffix(".want.json"))


@pytest.mark.parametrize(
    "path", [path for path in WANTS if path.parent.name in OURS], ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_facts(path: Path) -> None:
    want = json.loads(path.read_text())
    source = source_of(path)
    if "refuse" in want:
        with pytest.raises(NotAStory) as refusal:
            read(source.read_bytes(), name=source.name)
        assert refusal.value.code == "refused.chapter-index"
        return
    story = read(source.read_bytes(), name=source.name).stories[0]
    assert {name: getattr(story, name) for name in SCALARS if name in want} == {
        name: want[name] for name in SCALARS if name in want
    }
    assert [author.name for author in story.authors] == want["authors"]
    assert {name: list(getattr(story, name)) for name in LISTS} == {name: want[name] for name in LISTS}
    assert [(place.title, place.position, place.url) for place in story.series] == [
        (each["title"], each["position"], each["url"]) for each in want["series"]
    ]
    _check_chapters(story, want)


def _check_chapters(story: Story, want: dict[str, Any]) -> None:
    assert len(story.chapters) == len(want["chapters"])
    for chapter, facts in zip(story.chapters, want["chapters"], strict=True):
        assert chapter.position == facts["position"]
        assert chapter.title in {
            facts["title"],
            facts["title"].replace("Part II", "Part 2").replace("Part I", "Part 1"),
        }
        assert chapter.word_count == pytest.approx(facts["word_count"], rel=0.02)
        for name in ("summary", "notes", "end_notes"):
            assert word_count(getattr(chapter, name)) == facts.get(f"{name}_words", word_count(getattr(chapter, name)))
    if want.get("stated_chapters", 1) > len(story.chapters):
        assert "chapters.missing" in {finding.code for finding in story.findings}


@pytest.mark.parametrize("path", WANTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_cut_and_bent_files_raise_nothing_else(path: Path) -> None:
    data = source_of(path).read_bytes()
    chance = random.Random(path.name)
    variants = [data[: len(data) * part // 64] for part in range(64)]
    for _ in range(6):
        bent = bytearray(data)
        for _ in range(20):
            bent[chance.randrange(len(bent))] ^= 1 << chance.randrange(8)
        variants.append(bytes(bent))
    for variant in variants:
        try:
            stories = read(variant, name=source_of(path).name).stories
        except FormatError:
            continue
        assert all(story.title and story.chapters for story in stories)
