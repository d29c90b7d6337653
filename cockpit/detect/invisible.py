"""Whether a visitor can see an element, and if not, by which technique (crawl facts §6.1 A and C)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from selectolax.lexbor import LexborNode

from cockpit.detect import color
from cockpit.detect.css import Cascade, Style, declarations

FAR = 400  # pixels off the edge: a drawer or a slide may be there
VERY_FAR = 900  # no drawer is
FARTHEST = 5000  # no track of slides is
_LENGTH = re.compile(r"(-?(?:\d+\.?\d*|\.\d+))\s*(px|em|rem|pt|%|vw|vh|ch)?")
_UNITS = {"em": 16, "rem": 16, "ch": 8, "pt": 1.33, "%": 10, "vw": 19, "vh": 10}
_TERM = re.compile(r"(-?)\s*(?:\d+\.?\d*|\.\d+)(?:px|em|rem|vw)")
_INHERITED = ("visibility", "font-size", "font", "color")
PICTURE = "picture"  # a background whose colour nobody can tell
_NOT_OWN = frozenset({"inherit", "initial", "unset", "revert", "currentcolor"})


def pixels(value: str) -> float | None:
    """A length in pixels of a 1,000 px box; of calc() the sum of its absolute terms."""
    value = value.strip()
    if value.startswith(("calc(", "min(", "max(", "clamp(")):
        terms = [pixels(t[0].replace(" ", "")) or 0.0 for t in _TERM.finditer(value)]
        return sum(terms) if terms else None
    match = _LENGTH.match(value)
    return float(match[1]) * _UNITS.get(match[2] or "px", 1) if match else None


def _is_zero(style: Style, name: str, most: float = 0) -> bool:
    value = style.get(name)
    length = pixels(value) if value else None
    return length is not None and 0 <= length <= most


def _display(style: Style) -> bool:
    return style.get("display") == "none" or style.get("content-visibility") == "hidden"


def _off_screen(style: Style) -> bool:
    """So far away that no drawer, slide or track is there."""
    placed = style.get("position") in {"absolute", "fixed", "relative"}
    if placed and any(
        (pixels(style.get(n, "")) or 0) <= -VERY_FAR for n in ("left", "top", "right", "bottom")
    ):
        return True
    if any((pixels(style.get(n, "")) or 0) <= -VERY_FAR for n in ("margin-top", "text-indent")):
        return True
    return (pixels(style.get("margin-left", "")) or 0) <= -FARTHEST or _moved_by(style) >= FARTHEST


def _moved(style: Style) -> bool:
    """Out of sight, but where slides and drawers wait for their turn."""
    placed = style.get("position") in {"absolute", "fixed", "relative"}
    if placed and any((pixels(style.get(n, "")) or 0) <= -FAR for n in ("left", "top", "right", "bottom")):
        return True
    if placed and (pixels(style.get("left", "")) or 0) >= 1900:
        return True
    if any((pixels(style.get(n, "")) or 0) <= -FAR for n in ("margin-left", "margin-top", "text-indent")):
        return True
    return _moved_by(style) >= FAR


def _moved_by(style: Style) -> float:
    """The longest shift of translate(), 100 % of it being the element's own size."""
    inside = re.findall(r"translate[xy3d]*\(([^()]*)\)", style.get("transform", ""))
    words = [*" ".join(inside).replace(",", " ").split(), *style.get("translate", "").split()]
    shifts = [abs(pixels(w) or 0) * (0.4 if w.endswith("%") else 1) for w in words]
    return max(shifts, default=0.0)


def _no_size(style: Style) -> bool:
    clipped = style.get("overflow") in {"hidden", "auto", "scroll", "clip"}
    tiny = _is_zero(style, "height", 1) or _is_zero(style, "max-height", 1)
    flat = tiny and (clipped or _is_zero(style, "width", 1))
    narrow = (_is_zero(style, "width", 0) or _is_zero(style, "max-width", 0)) and clipped
    return flat or narrow or style.get("line-height") in {"0", "0px", "0em", "0%"}


def _share(value: str) -> float | None:
    match = re.match(r"(\d*\.?\d+)\s*(%?)", value)
    return float(match[1]) / (100 if match[2] else 1) if match else None


def _transparent(style: Style) -> bool:
    opacity = _share(style.get("opacity", ""))
    if opacity is not None and opacity <= 0.05:
        return True
    filtered = re.search(
        r"(?:opacity\s*\(|alpha\s*\(\s*opacity\s*=)\s*([\d.]+\s*%?)", style.get("filter", "")
    )
    share = _share(filtered[1]) if filtered else None
    return share is not None and share <= 0.05


def _clipped(style: Style) -> bool:
    clip = [pixels(n) or 0 for n in re.findall(r"[\d.]+", style.get("clip", ""))]
    if len(clip) == 4 and style.get("position") in {"absolute", "fixed", None} and max(clip) <= 1:
        return True
    return _clip_path(style.get("clip-path", "")) or _flattened(style)


def _clip_path(value: str) -> bool:
    shape, _, inside = value.partition("(")
    inside = inside.rstrip(") ")
    numbers = re.findall(r"-?[\d.]+%?", inside.split(" at ")[0])
    if shape == "inset" and numbers:
        return all(n.endswith("%") and float(n[:-1] or 0) >= 50 for n in numbers)
    if shape in {"circle", "ellipse"} and numbers:
        return all(float(n.rstrip("%") or 0) == 0 for n in numbers)
    if shape == "polygon":
        points = {" ".join(p.replace("px", "").replace("%", "").split()) for p in inside.split(",")}
        return len(points) == 1
    return False


def _flattened(style: Style) -> bool:
    """Scaled to nothing or turned on its edge."""
    transform = style.get("transform", "")
    scales = [
        *re.findall(r"scale[xy3d]*\(\s*([\d.]+)", transform),
        *re.findall(r"^[\d.]+", style.get("scale", "")),
    ]
    zoom = _share(style.get("zoom", ""))
    turned = re.search(r"rotate[xy]\(\s*-?(?:90|270)deg", transform)
    return (
        any((_share(s) or 0) <= 0.02 for s in scales) or (zoom is not None and zoom <= 0.02) or bool(turned)
    )


def _behind(style: Style) -> bool:
    return style.get("z-index", "").startswith("-") and style.get("position") in {"absolute", "fixed"}


# technique → test of an element's own style; each hides the element with all it contains
BOX_TESTS: tuple[tuple[str, Callable[[Style], bool]], ...] = (
    ("display_none", _display),
    ("off_screen", _off_screen),
    ("zero_size", _no_size),
    ("transparent", _transparent),
    ("clipped", _clipped),
    ("moved", _moved),
    ("behind", _behind),
)


def technique(
    node: LexborNode, cascade: Cascade, hidden_by_script: Collection[str] = ()
) -> tuple[str, LexborNode] | None:
    """How a node is made invisible and by which ancestor (or itself); None when it can be seen.

    `hidden_by_script`: "#id" and ".class" of elements that a script hides.
    """
    inherited: Style = {}
    escaped = False
    current: LexborNode | None = node
    while current is not None and current.tag not in {None, "html", "-document"}:
        style = cascade.style(current)
        own = _own(current, style, hidden_by_script)
        if own and not (escaped and own in {"off_screen", "moved", "zero_size"}):
            return own, current
        escaped = escaped or style.get("position") == "fixed"
        _inherit(inherited, current, style, complete=cascade.complete)
        found = _inherited(inherited)
        if found:
            return found, current
        current = current.parent
    return None


def _inherit(inherited: Style, node: LexborNode, style: Style, *, complete: bool) -> None:
    """What this element hands down, unless a nearer one has set it; old attributes count too."""
    for name in _INHERITED:
        value = style.get(name)
        if value and value not in _NOT_OWN:
            inherited.setdefault(name, value)
    attributes = node.attributes
    ground = _ground(style, attributes)
    if ground:
        inherited.setdefault("ground", ground)
    elif not complete and attributes.get("class") and node.tag not in {"a", "body"}:
        inherited.setdefault("ground", PICTURE)  # it may come from a sheet we were not given
    if node.tag == "font" and attributes.get("color"):
        inherited.setdefault("color", attributes["color"] or "")


def _own(node: LexborNode, style: Style, hidden_by_script: Collection[str]) -> str | None:
    attributes = node.attributes
    if "hidden" in attributes:
        return "hidden_attribute"
    if hidden_by_script and (
        f"#{attributes.get('id')}" in hidden_by_script
        or any(f".{name}" in hidden_by_script for name in (attributes.get("class") or "").split())
    ):
        return "script_hides"
    if node.tag in {"noscript", "template"}:
        return f"tag_{node.tag}"
    if node.tag == "details" and "open" not in attributes:
        summary = node.css_first(
            "summary"
        )  # closed, but a visitor may open it where something can be clicked
        return "closed_details" if summary is None or not summary.text().strip() else None
    if node.tag == "dialog" and "open" not in attributes:
        return "closed_dialog"
    if node.tag == "marquee" and _tiny_marquee(attributes, style):
        return "marquee"
    return next((name for name, test in BOX_TESTS if test(style)), None) if style else None


def _tiny_marquee(attributes: dict[str, str | None], style: Style) -> bool:
    lengths = (pixels(attributes.get(n) or style.get(n) or "") for n in ("height", "width"))
    return any(length is not None and 0 <= length <= 9 for length in lengths)


def _inherited(style: Style) -> str | None:
    if style.get("visibility") in {"hidden", "collapse"}:
        return "visibility_hidden"
    written = style.get("font-size", "")
    size = pixels(written)
    if (size is not None and 0 <= size <= 1 and ("%" not in written or size == 0)) or re.match(
        r"0(px)?[/\s]", style.get("font", "")
    ):
        return "font_size_zero"
    ink = color.read(style.get("color", ""))
    if ink and color.unseen(ink):
        return "color_transparent"
    ground = color.read(style.get("ground", ""))
    if ink and ground and color.near(ink, ground):
        return "same_color"
    return None


def _ground(style: Style, attributes: dict[str, str | None]) -> str | None:
    """What an element paints behind its text: a colour, PICTURE, or None where its parent shows through."""
    shorthand = style.get("background", "")
    pictures = f"{shorthand} {style.get('background-image', '')}"
    if "url(" in pictures or "gradient" in pictures or attributes.get("background"):
        return PICTURE
    written = style.get("background-color") or shorthand or attributes.get("bgcolor") or ""
    found = color.read(written)
    return written if found and not color.unseen(found) else None


def on_white(node: LexborNode, cascade: Cascade) -> bool:
    """White text where no ancestor sets any background: unseen on the default page."""
    ink = None
    current: LexborNode | None = node
    while current is not None and current.tag not in {None, "html", "-document"}:
        style = cascade.style(current)
        attributes = current.attributes
        if (
            "background" in style
            or "background-color" in style
            or "background-image" in style
            or attributes.get("bgcolor")
            or attributes.get("background")
        ):
            return False
        own = style.get("color")
        if ink is None and own not in _NOT_OWN:
            ink = own or (attributes.get("color") if current.tag == "font" else None)
        if attributes.get("class") and current.tag not in {"a", "body"}:
            return False  # its background may come from a sheet we were not given
        current = current.parent
    found = color.read(ink or "")
    return bool(found) and color.near(found, (255, 255, 255, 1.0))


def inline(node: LexborNode) -> Style:
    """The declarations of the element's own style attribute."""
    return declarations(node.attributes.get("style") or "")[0]
