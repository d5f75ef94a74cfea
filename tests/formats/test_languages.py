"""The language of prose: told where enough words make it plain, unknown otherwise."""

from dataclasses import replace

import pytest

from fanthology.formats import Chapter, Markup, Story, read
from fanthology.formats.shape import guess_language, language_of

PROSE = {
    "en": "She said that the lamp was lit, but he had not been there, and it was late for them all in the house by the sea.",
    "de": "Sie sagte, dass die Lampe nicht mehr brannte, aber er war mit dem Boot auf der See und es war ihr auch so recht.",
    "fr": "Elle ne savait pas que la lampe était dans la maison, mais il avait le temps et les enfants jouaient sur le quai.",
    "es": "Ella no sabía que la lámpara estaba en la casa, pero él había llegado con los niños y se quedó por la noche.",
    "pt": "Ela não sabia que a lâmpada estava na casa, mas ele tinha chegado com os meninos e um homem ficou para o jantar.",
    "it": "Lei non sapeva che la lampada era nella casa, ma lui aveva il tempo di andare con i ragazzi e una barca per il mare.",
    "nl": "Zij wist niet dat de lamp in het huis was, maar hij had haar een brief gegeven en ik zag ze aan de kade van de zee.",
    "pl": "Nie wiedziała, że to lampa, ale on już był w domu i jak zawsze patrzył na morze, po czym się do niej odezwał.",
    "ru": "Она не знала, что лампа уже в доме, но он был с ней, и как только он вошёл, все они так и остались у окна на ночь.",
    "sv": "Hon visste inte att lampan var i huset, men han hade sagt det till henne och jag såg dem med en båt på havet.",
    "fi": "Hän ei ollut siellä, mutta se oli totta, että minä en tiennyt mitä hänen talonsa on, kun ja jos hän niin sanoi.",
    "da": "Hun vidste ikke, hvad der var sket, men jeg havde set det, og han gik ud af huset med sig selv efter en time.",
    "nb": "Hun visste ikke hva som hadde hendt, men jeg så det, og han gikk ut av huset med seg selv etter en time å gå.",
    "cs": "Nevěděla, že je to lampa, ale on už byl v domě a jako vždy se díval na moře, když si jen tak řekl, co by bylo.",
    "hu": "Nem tudta, hogy ez a lámpa már a házban volt, de ő azt mondta, és csak egy hajó ment el még a tenger felé, mint ha.",
}


@pytest.mark.parametrize("code", PROSE)
def test_prose_of_the_languages_of_archives_is_told(code: str) -> None:
    assert guess_language(f"{PROSE[code]} " * 12) == code
    assert guess_language(PROSE[code] * 2) is None


@pytest.mark.parametrize(
    "text",
    [
        "xyzzy plugh " * 200,
        f"{PROSE['da']} " * 4,  # Danish or Norwegian? Ninety words leave a doubt
        "".join(PROSE[code] * 6 for code in ("en", "de")),
        "1234 5678 " * 300,
        "Lamp Anna Harbour Peter Sea Night " * 60,
        "",
    ],
)
def test_what_is_not_clear_stays_unknown(text: str) -> None:
    assert guess_language(text) is None


def test_a_story_that_names_its_language_keeps_it() -> None:
    chapter = Chapter(1, Markup(f"<p>{PROSE['de'] * 5}</p>"))
    story = Story("T", (chapter, replace(chapter, position=2), replace(chapter, position=3)))
    code, findings = language_of(story)
    assert (code, [(finding.code, finding.after) for finding in findings]) == ("de", [("language.guessed", "de")])
    assert language_of(replace(story, language="nl")) == ("nl", ())
    assert language_of(replace(story, chapters=(chapter,) * 400))[0] == "de"
    assert language_of(Story("T")) == (None, ())


def test_readers_tell_languages() -> None:
    story = read(f"Lampen\nby Anna\n\n{(PROSE['de'] + chr(10) * 2) * 12}".encode(), name="a.txt").stories[0]
    assert story.language == "de"
    assert "language.guessed" in [finding.code for finding in story.findings]
