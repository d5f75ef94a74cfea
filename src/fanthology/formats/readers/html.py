"""HTML of any maker: word processors, home pages, archives without a reader of their own."""

from __future__ import annotations

from .. import shape
from ..context import Context
from ..errors import NotAStory
from ..model import Reading, Source


def read(data: bytes, context: Context) -> Reading:
    """Read a page as a story with whatever header, title and chapters it shows. Raises NotAStory when it holds no text."""
    decoded = shape.decoded(data)
    page = shape.open_page(decoded.text, context)
    intake = shape.Intake(context, base_url=page.url or "")
    prose = shape.prose_from_html(page)
    if not any(line.text for line in prose.lines):
        raise NotAStory("The page holds no text.", code="refused.no-text")
    draft = shape.Draft(prose, intake, fallback=_head_title(page))
    draft.facts["source"] = Source(url=page.url, captured_at=page.captured_at)
    story = shape.story_from_prose(draft)
    return Reading((intake.finish(story),), "html", 0.8, decoded.decoder, decoded.findings)


_NO_TITLES = frozenset(
    {"", "untitled", "untitled document", "new page 1", "no title", "fic", "story", "index", "home", "welcome"}
)


def _head_title(page: shape.Page) -> str:
    """What `<title>` says, unless it is what an editor writes when nobody does."""
    title = shape.node_text(page.first("title"))
    return "" if title.lower() in _NO_TITLES else title[:200]
