"""Which language prose is written in, told by its commonest words. No model, no library: small words decide."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from ..markup import plain_text
from ..model import Finding, Markup, Story

# Close neighbours that archives hold less often (uk, sk, ca, ro …) stand here so that they are not taken for others.
_WORDS: Final = {
    "en": "the and to of a in that was he she it his her you i with had for as not but they at on is be said from were",
    "de": "der die und das nicht ich er sie zu in den ein mit es war sich auf dem eine ist als auch aber von wie hatte so",
    "fr": "de la le et les des que il elle à un une dans pas en je ne se pour sur qui était son sa ce mais avec du est",
    "es": "de la que el en y a los se no un una por con las su lo para más pero le había del era como me al ella él",
    "pt": "de que o a e não um uma os se para com do da em ele ela no na as por seu sua mais mas como era eu lhe ao",
    "it": "di che e la il un non a per in una si era con le i mi da lo del come ma è gli della più al lui anche aveva sono",
    "nl": "de het een en van ik hij ze niet dat in op te zijn was met voor maar had er je haar aan om ook als naar is uit",
    "pl": "i w nie na się z że to do jest jak a ale po tak co za od jego był o go już mi przez tylko jej było by ich",
    "ru": "и в не на что он с я как его но она это к так все а у по из за от то было же мне только был ее меня",
    "sv": "och att det i en som på är av för med jag inte han den var till ett hon om sig men de hade så från hans när",
    "fi": "ja on ei hän se oli että mutta kun niin hänen en minä joka ole sen siitä vain mitä sitä nyt kuin jos ollut",
    "da": "og at det i en af er som på de med jeg ikke den til han hun for var sig der men et havde hvad mig så efter nu",
    "nb": "og det i en av er som på de med jeg ikke den til han hun for var seg å men et hadde hva meg så etter nå at",
    "cs": "a se v na je že to s z do si o jak ale by byl jsem za po tak jeho co jako když už jen jsem bylo ve která byla",
    "hu": "a az és hogy nem egy is volt meg de csak mint ha azt el már még ez nem volna aki vagy mert ki fel úgy mit őt",
    "uk": "і в не на що він з я як його але вона це до так у та за від то було же мені тільки був її мене й про",
    "sk": "a sa v na je že to s z do si o ako ale by bol som za po tak jeho čo keď už len bolo vo ktorá bola nie",
    "ca": "de la que el i a en va un una els les per amb no es se ho del al és més però hi com li era havia seva seu",
    "gl": "de que o a e non unha un os se para con do da en el ela na as por seu súa máis mais como era lle ao á pero foi",
    "bg": "и на да не се в за от че с това той тя но ми си като го беше са ще по до ме му я към още само",
    "ro": "de și în a la nu o că cu un se din pe să mai ce ea el care dar era fi îi lui sunt ai am fost pentru",
    "tr": "bir ve bu da de için ne o gibi daha çok ama ben sen değil var mi kadar sonra her ki onun ile olan",
    "hr": "i je u se na da nije su za od što s bi ali ne kao sam to koji bio ga mu samo kako joj iz ili njega više",
}
_TABLES: Final = {code: frozenset(words.split()) for code, words in _WORDS.items()}
_WEIGHTS: Final = {
    word: 1 / count**2 for word, count in Counter(word for words in _TABLES.values() for word in words).items()
}
"""A word of one language alone says most; what many have in common says little."""

_LETTERS: Final = re.compile(r"[^\W\d_]+")
_SAMPLE: Final = 8_000
"""Signs looked at, some 1,400 words: more change nothing, and a rescue looks at every story."""
_DEMANDS: Final = ((200, 0.14, 1.7), (80, 0.22, 4.0))
"""(words at least, share of the commonest words, lead over the next language): fewer words must say it more plainly."""


def guess_language(text: str) -> str | None:
    """The BCP 47 code of the language of plain prose; None for some few words or where it is not clear."""
    words = _LETTERS.findall(text[:_SAMPLE].lower())
    if len(words) < _DEMANDS[-1][0]:
        return None
    counts = Counter(words)
    scores = sorted(
        ((sum(counts[word] * _WEIGHTS[word] for word in common), code) for code, common in _TABLES.items()),
        reverse=True,
    )
    (best, code), (second, _) = scores[:2]
    share = sum(counts[word] for word in _TABLES[code]) / len(words)
    _, least, lead = next(demand for demand in _DEMANDS if len(words) >= demand[0])
    return code if share >= least and best > second * lead else None


def language_of(story: Story) -> tuple[str | None, tuple[Finding, ...]]:
    """The language of a story that names none, told by its text, with the finding that says so; else its own."""
    if story.language is not None:
        return story.language, ()
    sample, size = [], 0
    for chapter in story.chapters:
        sample.append(plain_text(Markup(chapter.text[: 3 * _SAMPLE // 2])))
        size += len(sample[-1])
        if size > _SAMPLE:
            break
    code = guess_language("\n".join(sample))
    if code is None:
        return None, ()
    message = "The source does not name the language; it was told by the commonest words."
    return code, (Finding("language.guessed", "info", message, "language", after=code),)
