"""Hostile HTML → canonical markup. The allow-list is here; the security of every page and edition depends on it.

Canonical markup is well-formed XHTML and a closed language:

- the top level holds blocks only: `p h1…h6 blockquote ul ol dl table pre figure details hr`; a `p` holds no block;
- classes are those of `CLASSES`; there is no `style`, no script, no handler, no image, no comment;
- an `id` exists only on an empty `<span id="a-…"></span>` that a link of the same fragment points to;
- a scene break that an author drew stands as `<hr class="scene" title="* * *"/>` (made by `transforms.scene_breaks`, in
  the texts of chapters alone);
- void tags end in `/>`, all others have an end tag, so the same bytes are good HTML and good XML.

How: `taming` takes the tricks that make an HTML parser slow, nh3 (an HTML5 parser with the allow-list of `allowed`)
decides what may live, and `rewriting` walks its well-nested output once and writes the canonical form. Inline tags are
opened lazily and reopened after a block, so text is never lost and crossed, empty and doubled tags vanish.
"""

from .allowed import CLASSES, MAX_BLOCKS, MAX_INLINES
from .cleaning import Mode, clean
from .links import address
from .text import plain_text, rendered

__all__ = ["CLASSES", "MAX_BLOCKS", "MAX_INLINES", "Mode", "address", "clean", "plain_text", "rendered"]
