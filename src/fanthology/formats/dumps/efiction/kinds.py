"""What kind of tag a class type of eFiction holds. Admins named their class types freely, in their own language.

Only a name that says so is believed: the words below stand whole, and a word that may describe another one
("Character Death", "Pairing Type") counts only where it is the thing itself. What is not known is an additional tag;
the keeper may map it.
"""

from __future__ import annotations

import re
from typing import Final

from ..records import TagKind

_COMPOUND: Final = 7
"""Letters of a word that others may be joined before: `Hauptcharaktere`, `maincharacters`, `Triggerwarnung`."""

_WARNINGS: Final = (
    "warning warnings caution cautions advisory advisories trigger triggers "
    "warnung warnungen warnhinweis warnhinweise avertissement avertissements advertencia advertencias aviso avisos "
    "advertência advertências avvertimento avvertimenti avvertenza avvertenze avviso avvisi waarschuwing waarschuwingen "
    "varning varningar advarsel advarsler varoitus varoitukset ostrzeżenie ostrzeżenia ostrzezenia varování varovania "
    "upozornění figyelmeztetés figyelmeztetések avertisment avertismente avertizări uyarı uyarılar "
    "предупреждение предупреждения попередження προειδοποίηση προειδοποιήσεις אזהרה אזהרות 警告"
)
_PAIRINGS: Final = (
    "pairings parings relationships couples shippings paare paarungen beziehungen parejas emparejamientos coppie casais "
    "koppels parringer paritukset pary páry párosítások cupluri çiftler пейринги пары пейрінги ζευγάρια זוגות 配对 配對 カップリング"
)
_A_PAIRING: Final = (
    "pairing paring relationship couple shipping paar paarung pärchen beziehung koppel parring paritus párování páros "
    "párosítás cuplu çift пейринг пара пейрінг ζευγάρι"
)
_A_ROMANCE_PAIRING: Final = "pareja emparejamiento coppia casal"
_CHARACTERS: Final = (
    "characters charaktere figuren personnages personajes personaggi personagens personages karakters karaktärer "
    "karakterer figurer hahmot postacie postaci postavy bohaterowie szereplők karakterek karakterler "
    "персонажи герои персонажі χαρακτήρες דמויות 角色 人物 キャラクター"
)
_A_CHARACTER: Final = "character charakter figur karaktär karakter hahmo postać postava szereplő персонаж"
_A_ROMANCE_CHARACTER: Final = "personnage personaje personaggio personagem personage personaj"


class _Words:
    """What tells a kind: words wherever they stand, words that end what they say, words that begin it."""

    def __init__(self, anywhere: str, last: str = "", first: str = "") -> None:
        self.anywhere = frozenset(anywhere.split())
        self.last = self.anywhere | frozenset(last.split())
        self.first = frozenset(first.split())
        self.joined = tuple(sorted(word for word in self.last if len(word) >= _COMPOUND))

    def tell(self, words: list[str]) -> bool:
        if not words:
            return False
        ends = words[-1] in self.last or words[-1].endswith(self.joined)
        return ends or words[0] in self.first or not self.anywhere.isdisjoint(words)


_KINDS: Final[tuple[tuple[TagKind, _Words], ...]] = (
    ("warning", _Words(_WARNINGS)),
    ("relationship", _Words(_PAIRINGS, _A_PAIRING, _A_ROMANCE_PAIRING)),
    ("character", _Words(_CHARACTERS, _A_CHARACTER, _A_ROMANCE_CHARACTER)),
    ("fandom", _Words("fandoms фандомы фандоми", "fandom фандом")),
)
_PLURAL: Final = re.compile(r"\((\w{1,3})\)")
_PART: Final = re.compile(r"[/&,+;|:()\[\]]")
_WORD: Final = re.compile(r"[^\W\d_]+")


def kind_of(*names: str) -> TagKind:
    """The kind that the first telling name tells: a class type has a title that readers saw and a name of its own."""
    for name in names:
        parts = [_WORD.findall(part) for part in _PART.split(_PLURAL.sub(r"\1", name.casefold()))]
        for kind, known in _KINDS:
            if any(known.tell(words) for words in parts):
                return kind
    return "additional"
