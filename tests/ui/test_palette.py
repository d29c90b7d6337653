"""Contrast (WCAG 2) and separation under colour-vision deficiency (Machado et al. 2009, OKLab) of the tokens."""

from __future__ import annotations

import itertools
import math

import pytest

from cockpit.ui.theme import LEVELS, tokens

VISIONS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def linear(colour: str) -> list[float]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def contrast(one: str, other: str) -> float:
    light = sorted(
        (0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other))), reverse=True
    )
    return (light[0] + 0.05) / (light[1] + 0.05)


def oklab(colour: str, vision: str) -> tuple[float, float, float]:
    rgb = linear(colour)
    r, g, b = (
        min(1.0, max(0.0, sum(m * v for m, v in zip(row, rgb, strict=True)))) for row in VISIONS[vision]
    )
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def nearest(colours: list[str], vision: str) -> float:
    return min(
        100 * math.dist(oklab(a, vision), oklab(b, vision)) for a, b in itertools.combinations(colours, 2)
    )


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_and_marks_can_be_read(mode: str) -> None:
    t = tokens()[mode]
    for ground in ("page", "card", "sunken"):
        assert min(contrast(t[text], t[ground]) for text in ("text", "text2", "text3", "link")) >= 4.5
        assert contrast(t["axis"], t[ground]) >= 3
    for level, (fill, tint, text, on) in t["sev"].items():
        assert min(contrast(text, tint), contrast(text, t["card"]), contrast(on, fill)) >= 4.5, level
        assert contrast(t["yellow_outline"] if level == "yellow" else fill, t["card"]) >= 3, level


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("vision", list(VISIONS))
def test_colours_stay_apart_for_everybody(mode: str, vision: str) -> None:
    t = tokens()[mode]
    assert nearest([v[0] for k, v in t["sev"].items() if k != "none"], vision) >= 10
    assert nearest(t["cat"], vision) >= 10
    lightness = [oklab(c, vision)[0] for c in t["seq"]]
    assert lightness in (sorted(lightness), sorted(lightness, reverse=True))


def test_every_level_has_a_shape_and_a_word() -> None:
    assert (
        len({mark for mark, _ in LEVELS.values()})
        == len({word for _, word in LEVELS.values()})
        == len(LEVELS)
    )
