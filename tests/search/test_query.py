"""The language: what is meant is found in the tree, and no text at all is an error."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fanthology.search.query import FIELDS, All, AnyOf, Between, Exactly, Node, Not, TagNamed, Word, parse

TODAY = dt.date(2026, 11, 21)


def day(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", All()),
        ("lamp", Word("lamp")),
        ("lamp fog", All((Word("lamp"), Word("fog")))),
        ('"two long"', Word("two long", is_phrase=True)),
        ('"never closed', Word("never closed", is_phrase=True)),
        ("-ghost", Not(Word("ghost"))),
        ("a OR b c", AnyOf((Word("a"), All((Word("b"), Word("c")))))),
        ("(a OR b) c", All((AnyOf((Word("a"), Word("b"))), Word("c")))),
        ("-(a b)", Not(All((Word("a"), Word("b"))))),
        ("a AND b", All((Word("a"), Word("b")))),
        ("title:lamp", Word("lamp", "title")),
        ("Text:lamp", Word("lamp", "body")),
        ('fandom:"Greek Myth"', TagNamed("Greek Myth", "fandom")),
        ("tag:fog", TagNamed("fog")),
        ("complete:yes", Exactly("complete", "1")),
        ("crossover:no", Exactly("crossover", "0")),
        ("language:DE", Exactly("language", "de")),
        ("words:1000", Between("words", 1000, 1000)),
        ("words:>1,000", Between("words", 1001)),
        ("words:>=1k", Between("words", 1000)),
        ("words:<5k", Between("words", None, 4999)),
        ("words:<=5k", Between("words", None, 5000)),
        ("words:5k-1k", Between("words", 1000, 5000)),
        ("words:1.5k", Between("words", 1500, 1500)),
        ("words:2m", Between("words", 2_000_000, 2_000_000)),
        ("published:2003", Between("published", 20030101, 20031231)),
        ("published:2003-02", Between("published", 20030201, 20030228)),
        ("published:2001-2005", Between("published", 20010101, 20051231)),
        ("published:2001..2005-06", Between("published", 20010101, 20050630)),
        ("published:>2003", Between("published", 20031232)),
        ("published:<2003", Between("published", None, 20030100)),
        ("published:<=2003-05-06", Between("published", None, 20030506)),
        ("published:>=2003", Between("published", 20030101)),
        ("updated:<30d", Between("updated", day("2026-10-22"))),
        ("updated:>1y", Between("updated", None, day("2025-11-21"))),
        ("updated:2003-02", Between("updated", day("2003-02-01"), day("2003-02-28") + 86_399)),
        ("updated:>2003", Between("updated", day("2004-01-01"))),
        ("updated:<2003", Between("updated", None, day("2003-01-01") - 1)),
    ],
)
def test_what_is_meant(typed: str, meant: Node) -> None:
    assert parse(typed, today=TODAY).node == meant


@pytest.mark.parametrize(
    ("typed", "meant", "remark"),
    [
        ("a ) b", All((Word("a"), Word("b"))), "closing bracket"),
        ("(a", Word("a"), "never closed"),
        ("words:many", All(), "could not be read"),
        ("published:2003-13", All(), "could not be read"),
        ("updated:soon", All(), "could not be read"),
        ("updated:<0001", All(), "could not be read"),
        ("updated:>9999", All(), "could not be read"),
        ("complete:perhaps", All(), "yes or no"),
        ("colour:red", Word("colour red", is_phrase=True), "no field"),
        ("a sort:smell", Word("a"), "no order"),
        (" ".join("x" * 150), All((Word("x"),) * 100), "first 100"),
    ],
)
def test_what_is_odd_gets_its_best_reading_and_a_remark(typed: str, meant: Node, remark: str) -> None:
    parsed = parse(typed, today=TODAY)
    assert parsed.node == meant
    assert remark in " ".join(parsed.remarks)


def test_order() -> None:
    assert parse("fog sort:Words", today=TODAY).sort == "words"
    assert parse("", today=TODAY).is_everything


@given(st.text(alphabet=st.sampled_from('ab-"():<>k.0123 OR|&\t') | st.characters(), max_size=80))
def test_nothing_typed_is_an_error(typed: str) -> None:
    parse(typed, today=TODAY)


@example("kudos:", "0.,k")
@example("words:", "1,5.,2k")
@given(st.sampled_from([name for name, _, _ in FIELDS]), st.text(alphabet="0123456789kmdwy<>=-.,", max_size=12))
def test_no_number_is_an_error(name: str, value: str) -> None:
    parse(f"{name}{value}", today=TODAY)
