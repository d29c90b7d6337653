"""Colours of style sheets and attributes, as far as it takes to tell text from its background."""

from __future__ import annotations

import colorsys
import re

NEAR = 12  # per channel of 255
_NAMED = {
    "white": "ffffff", "black": "000000", "red": "ff0000", "green": "008000", "blue": "0000ff", "yellow": "ffff00", "gray": "808080",
    "grey": "808080", "silver": "c0c0c0", "navy": "000080", "maroon": "800000", "orange": "ffa500", "purple": "800080", "teal": "008080",
    "lime": "00ff00", "aqua": "00ffff", "cyan": "00ffff", "fuchsia": "ff00ff", "magenta": "ff00ff", "olive": "808000", "snow": "fffafa",
    "ivory": "fffff0", "whitesmoke": "f5f5f5", "ghostwhite": "f8f8ff", "floralwhite": "fffaf0", "azure": "f0ffff",
}  # fmt: skip
_HEX = re.compile(r"#([0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b")
_FUNCTION = re.compile(r"\b(rgba?|hsla?)\(([^()]*)\)")
_WORD = re.compile(r"(?<![\w#(-])[a-z]+(?![\w(-])")

Color = tuple[int, int, int, float]


def read(value: str) -> Color | None:
    """(red, green, blue, alpha) of the first colour in a value; None where there is none."""
    value = value.strip().lower()
    if not value:
        return None
    found = _HEX.search(value)
    if found:
        return _of_hex(found[1])
    function = _FUNCTION.search(value)
    if function:
        return _of_function(function[1], function[2])
    for word in _WORD.findall(value):
        if word == "transparent":
            return 0, 0, 0, 0.0
        if word in _NAMED:
            return _of_hex(_NAMED[word])
    bare = re.fullmatch(r"[0-9a-f]{6}", value)  # <font color=ffffff>
    return _of_hex(value) if bare else None


def _of_hex(digits: str) -> Color:
    if len(digits) in {3, 4}:
        digits = "".join(c * 2 for c in digits)
    red, green, blue = (int(digits[i : i + 2], 16) for i in (0, 2, 4))
    return red, green, blue, int(digits[6:8], 16) / 255 if len(digits) == 8 else 1.0


def _of_function(name: str, inside: str) -> Color | None:
    parts = re.findall(r"-?[\d.]+%?", inside)
    if len(parts) < 3:
        return None
    try:
        alpha = _share(parts[3], 1) if len(parts) > 3 else 1.0
        if name.startswith("hsl"):
            hue, light, saturation = (
                float(parts[0].rstrip("%")) / 360 % 1,
                _share(parts[2], 100),
                _share(parts[1], 100),
            )
            red, green, blue = (
                round(255 * min(1, max(0, c))) for c in colorsys.hls_to_rgb(hue, light, saturation)
            )
        else:
            red, green, blue = (round(255 * min(1, _share(p, 255))) for p in parts[:3])
    except ValueError:
        return None
    return red, green, blue, alpha


def _share(text: str, whole: float) -> float:
    return float(text[:-1]) / 100 if text.endswith("%") else float(text) / whole


def unseen(color: Color) -> bool:
    return color[3] <= 0.05


def near(one: Color, other: Color) -> bool:
    """Two opaque colours that the eye does not tell apart."""
    if unseen(one) or unseen(other):
        return False
    return max(abs(a - b) for a, b in zip(one[:3], other[:3], strict=True)) <= NEAR
