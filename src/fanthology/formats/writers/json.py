"""A story as JSON, the public contract `fanthology-story/1`. Reading what was written gives an equal story."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, BinaryIO, Final

from ..errors import Damaged
from ..markup import clean
from ..model import Author, Chapter, Finding, Markup, Review, SeriesPlace, Source, Story, WriteOptions

SCHEMA: Final = "fanthology-story/1"


def write(story: Story, out: BinaryIO, options: WriteOptions) -> None:
    """One line of JSON in UTF-8, keys in the order of the contract."""
    out.write(json.dumps(story_to_dict(story), ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")


def story_to_dict(story: Story) -> dict[str, Any]:
    """The story as plain dicts and lists, as docs/developer/story-json.md describes them."""
    plain: dict[str, Any] = {"schema": SCHEMA, **dataclasses.asdict(story)}
    plain["source"]["ids"] = dict(story.source.ids)
    plain["labels"] = [list(pair) for pair in story.labels]
    for chapter in plain["chapters"]:
        chapter["source_ids"] = dict(chapter["source_ids"])
    return plain


def story_from_dict(plain: object) -> Story:
    """A story from JSON. Markup is cleaned again, whoever wrote it; raises Damaged when the form is not ours."""
    if not isinstance(plain, Mapping) or plain.get("schema") != SCHEMA:
        raise Damaged(f"This is not a story in the form {SCHEMA}.")
    try:
        return _story(plain)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Damaged(f"The JSON of this story is not of the form {SCHEMA}: {error}.") from error


_MARKUP: Final = frozenset({"summary", "notes", "end_notes", "disclaimer", "spoilers", "text"})
_NAMES: Final = frozenset(
    {
        *("warnings", "warnings_as_written", "categories", "fandoms", "characters", "relationships"),
        *("additional_tags", "gifts", "inspired_by", "beta"),
    }
)


def _story(plain: Mapping[str, Any]) -> Story:
    values = _values(Story, plain)
    values["authors"] = tuple(Author(**_values(Author, author)) for author in plain.get("authors", ()))
    values["series"] = tuple(SeriesPlace(**_values(SeriesPlace, place)) for place in plain.get("series", ()))
    values["chapters"] = tuple(_chapter(chapter) for chapter in plain.get("chapters", ()))
    values["reviews"] = tuple(_review(review) for review in plain.get("reviews", ()))
    values["labels"] = tuple((_text(label), _text(value)) for label, value in plain.get("labels", ()))
    values["findings"] = tuple(Finding(**_values(Finding, finding)) for finding in plain.get("findings", ()))
    source = plain.get("source", {})
    values["source"] = Source(**_values(Source, source) | {"ids": _pairs(source.get("ids", {}))})
    return Story(**values)


def _chapter(plain: Mapping[str, Any]) -> Chapter:
    return Chapter(**_values(Chapter, plain) | {"source_ids": _pairs(plain.get("source_ids", {}))})


def _review(plain: Mapping[str, Any]) -> Review:
    return Review(**_values(Review, plain) | {"replies": tuple(_review(reply) for reply in plain.get("replies", ()))})


def _values(kind: type, plain: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `kind` that stand in `plain`, each of its own type; other keys are left alone."""
    values: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        if field.name not in plain:
            continue
        value = plain[field.name]
        if field.name in _MARKUP:
            value = _markup(_text(value))
        elif field.name in _NAMES:
            value = tuple(_text(name) for name in value)
        else:
            value = _scalar(field, value)
        values[field.name] = value
    return values


def _scalar(field: dataclasses.Field[Any], value: Any) -> Any:
    declared = str(field.type)
    if "tuple" in declared or declared == "Source":
        return value
    allowed: dict[str, Any] = {
        "str": str,
        "int": int,
        "bool": bool,
        "float": (int, float),
        "None": type(None),
        "Severity": str,
    }
    kinds = [allowed[part.strip()] for part in declared.split("|")]
    fits = any(isinstance(value, kind) for kind in kinds) and not (isinstance(value, bool) and bool not in kinds)
    if not fits:
        raise ValueError(f"{field.name} has the value {value!r}")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} stands where text is expected")
    return value


def _markup(value: str) -> Markup:
    return clean(value, mode="html")[0]


def _pairs(plain: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((_text(key), _text(value)) for key, value in plain.items())
