"""Whether a visitor can see an element, and if not, by which technique (crawl facts §6.1 A and C)."""

from __future__ import annotations

import re
from collections.abc import Callable

from selectolax.lexbor import LexborNode

from cockpit.detect.css import Cascade, Style

FAR = 400  # pixels off the edge
_LENGTH = re.compile(r"(-?[\d.]+)\s*(px|em|rem|pt|%|vw|vh)?")
_WHITE = {"#fff", "#ffffff", "white", "rgb(255,255,255)", "rgba(255,255,255,1)"}
_NAMED = {"white": "#ffffff", "black": "#000000", "red": "#ff0000", "transparent": "transparent"}


def _pixels(value: str) -> float | None:
    match = _LENGTH.match(value.strip())
    if not match:
        return None
    number = float(match[1]) if match[1] not in {"-", ".", "-."} else 0.0
    return number * {"em": 16, "rem": 16, "pt": 1.33, "%": 10, "vw": 19, "vh": 10}.get(match[2] or "px", 1)


def _is_zero(style: Style, name: str, most: float = 0) -> bool:
    value = style.get(name)
    pixels = _pixels(value) if value else None
    return pixels is not None and 0 <= pixels <= most


def _display(style: Style) -> bool:
    return style.get("display") == "none" or style.get("content-visibility") == "hidden"


def _off_screen(style: Style) -> bool:
    placed = style.get("position") in {"absolute", "fixed", "relative"}
    for name in ("left", "top", "right", "bottom"):
        pixels = _pixels(style.get(name, ""))
        if placed and pixels is not None and pixels <= -FAR:
            return True
        if placed and name == "left" and pixels is not None and pixels >= 1900:
            return True
    for name in ("margin-left", "margin-top", "text-indent"):
        pixels = _pixels(style.get(name, ""))
        if pixels is not None and pixels <= -FAR:
            return True
    moved = re.search(r"translate[xy3d]*\(\s*(-?[\d.]+)(px|em|%)?", style.get("transform", ""))
    return bool(moved) and abs(_pixels(moved[1] + (moved[2] or "px")) or 0) >= FAR


def _no_size(style: Style) -> bool:
    clipped = style.get("overflow") in {"hidden", "auto", "scroll"}
    tiny = _is_zero(style, "height", 1) or _is_zero(style, "max-height", 1)
    flat = tiny and (clipped or _is_zero(style, "width", 1))
    return flat or (_is_zero(style, "width", 0) and clipped) or style.get("line-height") in {"0", "0px"}


def _transparent(style: Style) -> bool:
    opacity = style.get("opacity", "")
    filtered = style.get("filter", "").replace(" ", "")
    return (
        opacity in {"0", "0.0", "0%", ".0", "0.00", "0.01"}
        or "opacity(0)" in filtered
        or "opacity=0)" in filtered
    )


def _clipped(style: Style) -> bool:
    clip = style.get("clip", "").replace(" ", "").replace("px", "")
    path = style.get("clip-path", "").replace(" ", "").replace("px", "")
    scaled = re.search(r"scale\(\s*0(?:\.0+)?\s*[,)]", style.get("transform", ""))
    return (
        clip in {"rect(0,0,0,0)", "rect(0000)", "rect(1,1,1,1)"}
        or path in {"inset(100%)", "inset(50%)", "circle(0)"}
        or path.startswith("polygon(00,00")
        or bool(scaled)
    )


def _behind(style: Style) -> bool:
    index = style.get("z-index", "")
    return index.startswith("-") and style.get("position") in {"absolute", "fixed"}


# technique → test of an element's own style; each hides the element with all it contains
BOX_TESTS: tuple[tuple[str, Callable[[Style], bool]], ...] = (
    ("display_none", _display),
    ("off_screen", _off_screen),
    ("zero_size", _no_size),
    ("transparent", _transparent),
    ("clipped", _clipped),
    ("behind", _behind),
)


def technique(node: LexborNode, cascade: Cascade, hidden_ids: set[str]) -> tuple[str, LexborNode] | None:
    """How a node is made invisible and by which ancestor (or itself); None when it can be seen."""
    inherited: dict[str, str] = {}
    escaped = False
    current: LexborNode | None = node
    while current is not None and current.tag not in {None, "html", "-document"}:
        style = cascade.style(current)
        own = _own(current, style, hidden_ids)
        if own and not (escaped and own in {"off_screen", "zero_size"}):
            return own, current
        escaped = escaped or style.get("position") == "fixed"
        for name in ("visibility", "font-size", "font", "color", "background", "background-color"):
            if name in style:
                inherited.setdefault(name, style[name])
        found = _inherited(inherited)
        if found:
            return found, current
        current = current.parent
    return None


def _own(node: LexborNode, style: Style, hidden_ids: set[str]) -> str | None:
    attributes = node.attributes
    if "hidden" in attributes:
        return "hidden_attribute"
    if attributes.get("id") in hidden_ids and attributes.get("id"):
        return "script_hides"
    if node.tag in {"noscript", "template"}:
        return f"tag_{node.tag}"
    if node.tag == "details" and "open" not in attributes:
        return None  # closed, but a visitor may open it
    if node.tag == "marquee" and _tiny_marquee(attributes):
        return "marquee"
    return next((name for name, test in BOX_TESTS if test(style)), None)


def _tiny_marquee(attributes: dict[str, str | None]) -> bool:
    for name in ("height", "width"):
        pixels = _pixels(attributes.get(name) or "")
        if pixels is not None and 0 <= pixels <= 9:
            return True
    return False


def _inherited(style: dict[str, str]) -> str | None:
    if style.get("visibility") in {"hidden", "collapse"}:
        return "visibility_hidden"
    size = _pixels(style.get("font-size", ""))
    if (size is not None and 0 <= size <= 1 and "%" not in style["font-size"]) or re.match(
        r"0(px)?[/\s]", style.get("font", "")
    ):
        return "font_size_zero"
    color = _color(style.get("color", ""))
    if color == "transparent":
        return "color_transparent"
    ground = _color(style.get("background-color") or style.get("background", ""))
    if color and ground and _near(color, ground):
        return "same_color"
    return None


def _color(value: str) -> str | None:
    value = value.replace(" ", "").lower()
    value = _NAMED.get(value, value)
    match = re.search(r"#([0-9a-f]{6}|[0-9a-f]{3})\b", value)
    if match:
        digits = match[1] if len(match[1]) == 6 else "".join(c * 2 for c in match[1])
        return f"#{digits}"
    rgb = re.search(r"rgba?\((\d+),(\d+),(\d+)(?:,([\d.]+))?", value)
    if rgb:
        return (
            "transparent"
            if rgb[4] == "0"
            else "#" + "".join(f"{min(255, int(c)):02x}" for c in rgb.groups()[:3])
        )
    return "transparent" if value == "transparent" else None


def _near(one: str, other: str) -> bool:
    if "transparent" in {one, other}:
        return False
    channels = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return max(abs(a - b) for a, b in channels) <= 12


def on_white(node: LexborNode, cascade: Cascade) -> bool:
    """White text where no ancestor sets any background: unseen on the default page."""
    color = None
    current: LexborNode | None = node
    while current is not None and current.tag not in {None, "html", "-document"}:
        style = cascade.style(current)
        if (
            "background" in style
            or "background-color" in style
            or current.attributes.get("bgcolor")
            or current.attributes.get("background")
        ):
            return False
        if color is None:
            color = style.get("color") or (current.attributes.get("color") if current.tag == "font" else None)
        if current.attributes.get("class") and current.tag != "a":
            return False  # its background may come from a sheet we were not given
        current = current.parent
    found = _color(color or "")
    return bool(found) and found != "transparent" and _near(found, "#ffffff")
