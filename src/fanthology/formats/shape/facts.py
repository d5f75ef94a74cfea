"""Dates and languages as people write them, in ISO 8601 and BCP 47."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero",
            "feb february februar fevrier febrero",
            "mar march maerz marz mars marzo",
            "apr april avril abril",
            "may mai mayo",
            "jun june juni juin junio",
            "jul july juli juillet julio",
            "aug august aout agosto",
            "sep sept september septembre septiembre",
            "oct october okt oktober octobre octubre",
            "nov november novembre noviembre",
            "dec december dez dezember decembre diciembre",
        ),
        start=1,
    )
    for name in names.split()
}
_ISO = re.compile(r"\b(\d{4})[-./](\d{1,2})(?:[-./](\d{1,2}))?\b")
_DAY_MONTH_YEAR = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|\.)?[\s\-/]{1,3}(?:of |de )?([^\W\d_]{3,10})\.?,?[\s\-/]{1,3}(?:de )?('?\d{2}|\d{4})\b"
)
_MONTH_DAY_YEAR = re.compile(
    r"\b([^\W\d_]{3,10})\.?[\s\-/]{1,3}(\d{1,2})(?:st|nd|rd|th)?,?[\s\-/]{1,3}('?\d{2}|\d{4})\b"
)
_MONTH_YEAR = re.compile(r"\b([^\W\d_]{3,10})\.?,?\s{1,3}(\d{4})\b")
_NUMERIC = re.compile(r"\b(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})\b")
_YEAR = re.compile(r"\A\W{0,3}((?:19|20)\d{2})\W{0,3}\Z")


def iso_date(text: str) -> str | None:
    """The first date in `text` as "2003-11-02", "2003-11" or "2003", or None. 03/04/05 is unknowable: None."""
    text = text[:200]
    if match := _ISO.search(text):
        return day_of(int(match[1]), int(match[2]), int(match[3]) if match[3] else None)
    if (match := _DAY_MONTH_YEAR.search(text)) and (month := _month(match[2])):
        return day_of(_full_year(match[3]), month, int(match[1]))
    if (match := _MONTH_DAY_YEAR.search(text)) and (month := _month(match[1])):
        return day_of(_full_year(match[3]), month, int(match[2]))
    if (match := _MONTH_YEAR.search(text)) and (month := _month(match[1])):
        return day_of(int(match[2]), month, None)
    if match := _NUMERIC.search(text):
        return _numeric_date(int(match[1]), match[2], int(match[3]), match[4])
    return match[1] if (match := _YEAR.match(text)) else None


def _numeric_date(first: int, mark: str, second: int, year: str) -> str | None:
    """Day and month are told apart by size, by equality, or by the dots of German dates."""
    if first > 12 or (mark == "." and second <= 12):
        return day_of(_full_year(year), second, first)
    if second > 12 or first == second:
        return day_of(_full_year(year), first, second)
    return None


def _month(word: str) -> int | None:
    folded = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()
    return _MONTHS.get(folded)


def _full_year(text: str) -> int:
    year = int(text.lstrip("'"))
    if year >= 100:
        return year
    return year + (1900 if year >= 70 else 2000)


def day_of(year: int, month: int, day: int | None) -> str | None:
    try:
        whole = date(year, month, day or 1)
    except ValueError:
        return None
    if not 1900 <= year <= 2200:
        return None
    return whole.isoformat() if day else whole.isoformat()[:7]


_LANGUAGES = {
    "english": "en",
    "british english": "en",
    "american english": "en",
    "deutsch": "de",
    "german": "de",
    "français": "fr",
    "francais": "fr",
    "french": "fr",
    "español": "es",
    "espanol": "es",
    "spanish": "es",
    "italiano": "it",
    "italian": "it",
    "português europeu": "pt-PT",
    "português brasileiro": "pt-BR",
    "português": "pt",
    "portuguese": "pt",
    "nederlands": "nl",
    "dutch": "nl",
    "русский": "ru",
    "russian": "ru",
    "中文": "zh",
    "中文-普通话 國語": "zh",
    "中文-普通话 国语": "zh",
    "chinese": "zh",
    "日本語": "ja",
    "japanese": "ja",
    "한국어": "ko",
    "korean": "ko",
    "polski": "pl",
    "polish": "pl",
    "suomi": "fi",
    "finnish": "fi",
    "svenska": "sv",
    "swedish": "sv",
    "dansk": "da",
    "danish": "da",
    "norsk": "no",
    "norwegian": "no",
    "magyar": "hu",
    "hungarian": "hu",
    "čeština": "cs",
    "czech": "cs",
    "türkçe": "tr",
    "turkish": "tr",
    "ελληνικά": "el",
    "greek": "el",
    "עברית": "he",
    "hebrew": "he",
    "العربية": "ar",
    "arabic": "ar",
    "українська": "uk",
    "ukrainian": "uk",
    "tiếng việt": "vi",
    "vietnamese": "vi",
    "bahasa indonesia": "id",
    "indonesian": "id",
    "esperanto": "eo",
    "lingua latina": "la",
    "latin": "la",
    "català": "ca",
    "catalan": "ca",
    "română": "ro",
    "romanian": "ro",
}
_BCP47 = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


def language_code(text: str) -> str | None:
    """A BCP 47 code from a code or the name of a language as archives write it, or None."""
    text = text.strip()
    if code := _LANGUAGES.get(text.lower()):
        return code
    return text if _BCP47.fullmatch(text) and len(text) != 3 else None
