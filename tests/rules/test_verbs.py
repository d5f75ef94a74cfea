"""Writes are verbs with names, reads are words, views are short, and nothing happens behind anybody's back."""

from __future__ import annotations

import ast
import re
from importlib import metadata

from tests.rules.tree import ROOT, named, text_of, tracked

LINES_OF_A_VIEW = 25
# path:function → why this view is longer and still one thought
LONG_VIEWS: dict[str, str] = {}

# Licences of what the product imports: none that would bind whoever builds on us, but for the one written exception.
BINDING = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)
EXCEPTED = {"psycopg", "psycopg-binary"}  # LGPL-3, only with PostgreSQL


def public(path) -> list[ast.FunctionDef]:
    module = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in module.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]


def test_verbs_are_called_by_keyword():
    """`publish(work=…, by=…)` can be read aloud and never swaps two ids; a lone argument needs no name."""
    found = [
        f"{named(path)}:{function.lineno} {function.name}"
        for path in tracked("src/fanthology/*/actions.py")
        for function in public(path)
        if len([argument for argument in function.args.args if not argument.arg.startswith("_")]) > 1
        or function.args.posonlyargs
        or function.args.vararg
    ]
    assert not found, "\n".join(found)


def fills_its_own_columns(save: ast.FunctionDef) -> bool:
    """Whether a save() does no more than set columns of its own row before it saves."""
    *before, last = save.body
    mine = all(isinstance(step, ast.Assign) and ast.unparse(step.targets[0]).startswith("self.") for step in before)
    return mine and ast.unparse(last).startswith("super().save(")


def test_nothing_happens_in_save():
    """No side effect hides in a model's save() or in a signal of one; folded keys of the same row are no side effect."""
    found = []
    for path in tracked("src/fanthology/*.py"):
        text = text_of(path) or ""
        found += [
            f"{named(path)}: {word}" for word in ("post_save", "pre_save", "m2m_changed", "post_delete") if word in text
        ]
        if path.name == "models.py":
            found += [
                f"{named(path)}:{node.lineno} {node.name}"
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.FunctionDef)
                and (node.name == "delete" or (node.name == "save" and not fills_its_own_columns(node)))
            ]
    assert not found, "\n".join(found)


def lines_of_thought(function: ast.FunctionDef) -> int:
    """Lines of the body, without the docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_views_are_short():
    long = {
        f"{named(path)}:{function.name}"
        for path in tracked("src/fanthology/*/views.py", "src/fanthology/*/views/*.py")
        for function in public(path)
        if lines_of_thought(function) > LINES_OF_A_VIEW
    }
    assert long == set(LONG_VIEWS)


def test_no_dependency_binds_those_who_build_on_us():
    pins = re.findall(r"^([a-z0-9][a-z0-9._-]*)==", (ROOT / "requirements" / "run.txt").read_text(), re.MULTILINE)
    bound = []
    for name in pins:
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue  # for another platform
        said = about.get_all("License-Expression") or []
        terms = said + [term for term in about.get_all("Classifier") or [] if term.startswith("License")]
        if any(BINDING.search(term) for term in terms) and name not in EXCEPTED:
            bound.append(f"{name}: {terms}")
    assert len(pins) > 20
    assert bound == []
