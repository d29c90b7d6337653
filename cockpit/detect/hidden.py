"""Hidden links (暗链): not visible to a visitor AND pointing off-site to something illicit or out of place.

Techniques A–G of the crawl facts that can be decided without running scripts. What portals hide for good
reasons (menus, statistics, share widgets, other government sites) stays silent. Cloaking needs a second
request and is found by the collectors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cockpit.detect import hidden_head, hidden_places, hidden_scripts, invisible
from cockpit.detect.css import Cascade
from cockpit.detect.hidden_look import BENIGN_HOSTS, NAMES, HiddenLink, Look, bad_words, text_of
from cockpit.detect.page import Page

__all__ = ["BENIGN_HOSTS", "HiddenLink", "find"]

# Hiding that menus, tabs and pop-ups use every day: needs an illicit word, or a foreign link out of place.
EVERYDAY = frozenset(
    {
        "display_none",
        "hidden_attribute",
        "transparent",
        "visibility_hidden",
        "moved",
        "behind",
        "script_hides",
        "tag_noscript",
        "tag_template",
        "closed_details",
    }
)
_MENU = re.compile(
    r"menu|nav|tab|sub|drop|pop|share|wx|weixin|qr|ewm|code|float|mobile|phone|link|yqlj|select|dialog|modal|swiper|slide|banner|"
    r"scroll|focus|carousel|layer|mask|tip|window|leave|jump|con_|fade|search|login|side|print|more|list|app",
    re.IGNORECASE,
)
_WIDGET_TAGS = frozenset(
    {"ul", "ol", "li", "select", "dl", "dd", "nav", "noscript", "template", "form", "dialog"}
)
_MARKS = frozenset(".。,，·|-_、:：;；")


def find(page: Page, css: Mapping[str, str] | None = None) -> list[HiddenLink]:
    """Every hidden link of a page. `css`: linked style sheets of the site, address → text."""
    look = Look(page, css or {})
    found: dict[tuple[str, str], HiddenLink] = {}
    detectors = (
        anchors,
        hidden_places.frames,
        hidden_places.elements,
        hidden_places.comments,
        hidden_places.attributes,
        hidden_places.templates,
        _scripts,
        hidden_head.head,
        hidden_head.sold,
    )
    for detector in detectors:
        for hidden in detector(look):
            family = "title" if hidden.technique == "title_hijack" else "link"
            found.setdefault((family, hidden.url), hidden)
    return list(found.values())


def _scripts(look: Look) -> Iterator[HiddenLink]:
    return hidden_scripts.find(look, anchors)


def anchors(look: Look, fragment: LexborHTMLParser | None = None) -> Iterator[HiddenLink]:
    """Anchors that cannot be seen, of the page or of a piece of markup that a script writes."""
    tree = fragment or look.page.tree
    for node, url in look.foreign_anchors() if fragment is None else look.foreign(fragment):
        text = " ".join(node.text().split())
        words = bad_words(url, text_of(node))
        cascade = look.cascade(tree)
        hidden = invisible.technique(node, cascade, look.hidden_by_script)
        name = hidden[0] if hidden else _odd_anchor(node, text, cascade)
        if name is None or (not words and _benign(name, hidden[1] if hidden else node, node, cascade)):
            continue
        yield look.finding(
            url, name, text, words, f"访客看不见（{NAMES[name]}），却指向站外 {urlsplit(url).hostname}"
        )


def _benign(name: str, hider: LexborNode, node: LexborNode, cascade: Cascade) -> bool:
    """Hidden without an illicit word, in a way that honest pages use."""
    if name in EVERYDAY:
        return _ordinary(hider, node)
    if name in {"empty_anchor", "on_white"}:
        return node.css_first("img,svg,i,span,input") is not None
    if name == "off_screen":  # a picture in place of the text of a logo
        return any("url(" in cascade.style(n).get("background", "") for n in (node, hider))
    return False


def _ordinary(hider: LexborNode, node: LexborNode) -> bool:
    """Hidden the way menus and pop-ups are: the hider is a named widget, or holds much else of the page."""
    names = f"{hider.attributes.get('class') or ''} {hider.attributes.get('id') or ''} {hider.tag}"
    if _MENU.search(names) or hider.tag in _WIDGET_TAGS:
        return True
    return len(hider.css("a[href]")) > 1 or node.css_first("img") is not None


def _odd_anchor(node: LexborNode, text: str, cascade: Cascade) -> str | None:
    """Visible by style, but nothing to see: no text, a lone mark, one pixel."""
    attributes = node.attributes
    if node.tag == "area":
        tiny = re.fullmatch(r"\s*\d+\s*,\s*\d+\s*,\s*\d+\s*,\s*\d+\s*", attributes.get("coords") or "")
        numbers = [int(n) for n in re.findall(r"\d+", tiny[0])] if tiny else []
        return (
            "tiny_area" if numbers and numbers[2] - numbers[0] <= 1 and numbers[3] - numbers[1] <= 1 else None
        )
    image = node.css_first("img")
    if image is not None:
        return "one_pixel_image" if _one_pixel(image) else None
    bare = re.sub(r"[\s\u200b-\u200f\u2060\ufeff\u00a0]", "", text)
    if (
        not bare
        and not node.css_first("svg,i,span,em,b,video,input,button,div")
        and not attributes.get("class")
    ):
        return "empty_anchor"
    if bare in _MARKS:
        return "empty_anchor"
    return "on_white" if bare and invisible.on_white(node, cascade) else None


def _one_pixel(image: LexborNode) -> bool:
    style = invisible.inline(image)
    sizes = (invisible.pixels(image.attributes.get(n) or style.get(n) or "") for n in ("width", "height"))
    return any(size is not None and size <= 1 for size in sizes)
