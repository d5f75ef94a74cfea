"""Is a page valid HTML? The parser's own rules (html5lib, every parse error), and what a parser cannot see."""

from __future__ import annotations

from collections import Counter

import html5lib
from html5lib.constants import E

REFERENCES = {"for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "list", "form", "headers"}
# Obsolete in HTML: none of these may come out of our templates or out of a cleaned story.
OBSOLETE = {"center", "font", "tt", "big", "strike", "marquee", "blink", "acronym", "frame", "frameset", "nobr"}


def faults(page: str) -> list[str]:
    """Everything wrong with a whole page, in words; empty for a good one."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(page)
    lines = page.splitlines() or [""]
    found = [
        f"line {line}: {E[code] % data if data else E[code]}: {lines[min(line, len(lines)) - 1].strip()[:100]}"
        for (line, _column), code, data in parser.errors
    ]
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    ids = Counter(element.get("id") for element in elements if element.get("id") is not None)
    found += [f"the id {name!r} stands {times} times" for name, times in ids.items() if times > 1]
    found += ["an empty id"] if "" in ids else []
    for element in elements:
        found += [
            f"<{element.tag} {attribute}={value!r}> refers to no id of this page"
            for attribute in REFERENCES & set(element.keys())
            for value in (element.get(attribute) or "").split()
            if value not in ids
        ]
        if element.tag in OBSOLETE:
            found.append(f"<{element.tag}> is obsolete")
        if element.tag == "img" and element.get("alt") is None:
            found.append(f"an image without alt: {element.get('src')}")
        if element.get("style") is not None or any(name.startswith("on") for name in set(element.keys())):
            found.append(f"<{element.tag}> carries a style or a handler, which our own policy forbids")
    titles = [element for element in elements if element.tag == "title"]
    if not titles or not (titles[0].text or "").strip():
        found.append("the page has no title")
    if not (tree.get("lang") or "").strip():
        found.append("the page does not say its language")
    return found
