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
from cockpit.detect.hidden_look import (
    BENIGN_HOSTS,
    EVERYDAY,
    NAMES,
    HiddenLink,
    Look,
    bad_words,
    spoken,
    text_of,
)
from cockpit.detect.page import Page

__all__ = ["BENIGN_HOSTS", "HiddenLink", "find"]

_MENU = re.compile(
    r"menu|nav|tab|sub|drop|pop|share|wx|weixin|qr|ewm|code|float|mobile|phone|link|yqlj|select|dialog|modal|swiper|slide|banner|"
    r"scroll|focus|carousel|layer|mask|tip|window|leave|jump|con_|fade|search|login|side|print|more|list|app",
    re.IGNORECASE,
)
_WIDGET_TAGS = frozenset(
    {"ul", "ol", "li", "select", "dl", "dd", "nav", "noscript", "template", "form", "dialog"}
)
# Attributes of frameworks that show an element later: scroll animations, bindings, tab panels.
_BOUND = re.compile(r"data-(?:aos|wow|anim|scroll|sr|toggle|target)|(?:v|x|ng|wx)-|[@:]")
_HANDLER = re.compile(r"on[a-z]+")
FARM = 2  # unknown hosts in one hidden box
FARM_SEVERITIES = frozenset({"low", "medium"})
_UNSEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00a0]")
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
        if name is None:
            continue
        if words and _excused(look, name, hidden[1] if hidden else node, node):
            words = bad_words(url, "") or spoken(text_of(node))  # a headline in a tab or a drop-down list
        severity = "high" if words else _severity(look, name, hidden[1] if hidden else node, node, cascade)
        if severity is not None:
            why = f"访客看不见（{NAMES[name]}），却指向站外 {urlsplit(url).hostname}"
            if severity in FARM_SEVERITIES:
                why += "，同一个看不见的容器里还有指向其他陌生主机的链接"
            yield look.finding(url, name, text, words, why, severity)
    for node, url, own in look.trusted(tree):
        hidden = invisible.technique(node, look.cascade(tree), look.hidden_by_script)
        if hidden and not _excused(look, *hidden, node):
            text = text_of(node)
            where = (
                "本站地址，可能被植入页面" if own else f"{urlsplit(url).hostname}，可能被植入页面或用来跳转"
            )
            why = f"访客看不见（{NAMES[hidden[0]]}），指向{where}"
            yield look.finding(url, hidden[0], text, spoken(text), why)


def _severity(look: Look, name: str, hider: LexborNode, node: LexborNode, cascade: Cascade) -> str | None:
    """How grave hiding without an illicit word is; None where honest pages hide so."""
    if _excused(look, name, hider, node):
        return None
    if name in EVERYDAY:
        if (name, hider.mem_id) not in look.boxes:
            look.boxes[name, hider.mem_id] = _box(look, name, hider)
        return look.boxes[name, hider.mem_id]
    if name == "empty_anchor" and _also_visible(look, node, cascade):
        return None  # what an editor left of a link that stands beside it
    if name in {"empty_anchor", "on_white"}:
        return None if node.css_first("img,svg,i,span,input") is not None else "high"
    if name == "off_screen":  # a picture in place of the text of a logo
        pictured = any("url(" in cascade.style(n).get("background", "") for n in (node, hider))
        return None if pictured else "high"
    if name == "zero_size" and look.revealed(_names(hider)):  # an accordion
        return None
    return "high"


def _excused(look: Look, name: str, hider: LexborNode, node: LexborNode) -> bool:
    """Hidden as menus and pop-ups are: named so, around a picture, or shown again by something."""
    if name not in EVERYDAY:
        return False
    names = _names(hider)
    if _MENU.search(" ".join(names)) or node.css_first("img") is not None or _bound(hider):
        return True
    return look.revealed(names, by_script=name != "script_hides")


def _box(look: Look, name: str, hider: LexborNode) -> str | None:
    """What the other links of a box that nothing explains make of it."""
    names = _names(hider)
    anchors = hider.css("a[href]")
    if len(anchors) < 2:
        return None if hider.tag in _WIDGET_TAGS else "high"
    hosts = [host for a in anchors if (host := _host(look, a))]
    above = hider.parent
    if len(set(hosts)) < FARM or 2 * len(hosts) <= len(anchors) or hider.tag in {"select", "nav", "form"}:
        return None
    if above is not None and (
        _MENU.search(" ".join(_names(above))) or _handled(above) or look.revealed(_names(above))
    ):
        return None
    return "low" if names and name != "script_hides" else "medium"


def _host(look: Look, anchor: LexborNode) -> str:
    """The unknown foreign host of an anchor, "" for an own or trusted one."""
    return urlsplit(look.target(anchor.attributes.get("href")) or "").hostname or ""


def _names(node: LexborNode) -> list[str]:
    attributes = node.attributes
    return [*(attributes.get("class") or "").split(), *(attributes.get("id") or "").split()]


def _bound(node: LexborNode) -> bool:
    return any(_BOUND.match(name) for name in node.attributes)


def _handled(parent: LexborNode) -> bool:
    """Whether an element or something right in it reacts to the mouse."""
    return any(_HANDLER.fullmatch(name) for n in (parent, *parent.iter()) for name in n.attributes)


def _also_visible(look: Look, node: LexborNode, cascade: Cascade) -> bool:
    """Whether another link to the same address can be seen on the page."""
    if look.seen is None:
        look.seen = {
            url
            for twin, url in look.foreign_anchors()
            if (text := _UNSEEN.sub("", twin.text()))
            and text not in _MARKS
            and invisible.technique(twin, cascade, look.hidden_by_script) is None
        }
    return look.target(node.attributes.get("href")) in look.seen


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
    bare = _UNSEEN.sub("", text)
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
    if any(name.startswith("data-") for name in image.attributes):
        return False  # its picture is loaded when it comes into sight
    style = invisible.inline(image)
    sizes = (invisible.pixels(image.attributes.get(n) or style.get(n) or "") for n in ("width", "height"))
    return any(size is not None and size <= 1 for size in sizes)
