"""Keys under which people find names again: case, accents and spacing do not count."""

import unicodedata

from django.utils.text import slugify


def fold(name: str) -> str:
    """The key of a name: case-folded, without accents, single spaces. Equal keys are the same name to a reader."""
    decomposed = unicodedata.normalize("NFKD", name)
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.casefold().split())


def slug_of(name: str, *, fallback: str) -> str:
    """A readable piece of an address, at most 80 characters; `fallback` for names with no letter in them."""
    return slugify(name, allow_unicode=True)[:80].strip("-_") or fallback
