"""The shipped rules, with declarations, synonyms, contradictions and harmless look-alikes."""

import pytest

from fanthology.works.policy import SHIPPED, VERSION, Declared, Rule, Verdict, decide

REFUSED = [
    Declared(rating="Explicit", warnings=("Underage Sex",)),
    Declared(rating="General Audiences", warnings=("Underage Sex",)),
    Declared(rating="Explicit", tags=("Underage",)),
    Declared(rating="Explicit", tags=("underaged",)),
    Declared(rating="Mature", tags=("Under-age sex",)),
    Declared(rating="Explicit", declared_ages=(17,)),
    Declared(rating_as_written="NC-17, explicit sex, chan"),
    Declared(rating="Teen And Up Audiences", tags=("Smut", "Minor/Adult")),
    Declared(rating="Explicit", labels=(("Warnings", "under age"),)),
    Declared(rating="Explicit", warnings=("Underage Sex",), is_rescued=True),
]
HELD = [
    (Declared(rating="Teen And Up Audiences", tags=("Underage",)), "minors.suspected"),
    (Declared(warnings=("No Archive Warnings Apply", "Major Character Death")), "warnings.contradictory"),
    (Declared(is_rescued=True, archive_permission="Please ask first"), "permission.ask-first"),
    (Declared(is_rescued=True, archive_permission="E-mail me before you take it"), "permission.ask-first"),
    (Declared(is_rescued=True, archive_permission="Do not archive"), "permission.ask-first"),
]
ALLOWED = [
    Declared(),
    Declared(rating="Explicit", declared_ages=(18, 40)),
    Declared(rating="General Audiences", tags=("Underage Drinking",)),
    Declared(rating="Explicit", tags=("Not underage",)),
    Declared(rating="General Audiences", declared_ages=(12,), tags=("School", "Essex", "Miners")),
    Declared(warnings=("No Archive Warnings Apply", "Creator Chose Not To Use Archive Warnings")),
    Declared(is_rescued=True, archive_permission="Anywhere, just tell me where"),
    Declared(is_rescued=False, archive_permission="ask first"),
]


@pytest.mark.parametrize("facts", REFUSED)
def test_what_is_declared_is_refused(facts: Declared) -> None:
    decision = decide(facts)
    assert decision.verdict is Verdict.REFUSE
    assert decision.reasons[0] == "minors.declared"
    assert decision.version == VERSION


@pytest.mark.parametrize(("facts", "reason"), HELD)
def test_what_is_doubtful_is_held(facts: Declared, reason: str) -> None:
    decision = decide(facts)
    assert decision.verdict is Verdict.HOLD
    assert reason in decision.reasons
    assert all(decision.words)


@pytest.mark.parametrize("facts", ALLOWED)
def test_what_is_harmless_passes(facts: Declared) -> None:
    assert decide(facts).verdict is Verdict.ALLOW


def test_a_keepers_rule_cannot_soften_a_shipped_one() -> None:
    soft = Rule("all.welcome", Verdict.ALLOW, "Everything is welcome.", lambda _facts: True)
    assert decide(REFUSED[0], [soft, *SHIPPED]).verdict is Verdict.REFUSE
    assert decide(Declared(), [soft, *SHIPPED]).reasons == ("all.welcome",)
