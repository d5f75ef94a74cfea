"""From an HTML or text document to chapters, notes and furniture: what several readers share.

intake    foreign text into clean fields
facts     dates and names of languages; languages guesses one from prose
page      HTML documents and what captures wrap around them
lines     plain documents as lines; flatten makes lines of HTML
titles, values, chapters, story     from lines to a Story
"""

from .draft import Draft
from .facts import iso_date, language_code
from .flatten import prose_from_html
from .intake import Intake, declared_charset, decoded
from .languages import guess_language, language_of
from .lines import Line, Prose, despaced, escaped, is_rule, is_words, prose_from_text
from .page import Page, absolute, attribute, node_text, open_page
from .story import story_from_prose
from .titles import authors_of, split_title

__all__ = [
    "Draft",
    "Intake",
    "Line",
    "Page",
    "Prose",
    "absolute",
    "attribute",
    "authors_of",
    "declared_charset",
    "decoded",
    "despaced",
    "escaped",
    "guess_language",
    "is_rule",
    "is_words",
    "iso_date",
    "language_code",
    "language_of",
    "node_text",
    "open_page",
    "prose_from_html",
    "prose_from_text",
    "split_title",
    "story_from_prose",
]
