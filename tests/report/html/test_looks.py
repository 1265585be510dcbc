"""Colours that can be read, in the light, in the dark and on paper."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

CSS = files("verifier.report.html").joinpath("templates", "page.css").read_text(encoding="utf-8")


def themes() -> dict[str, dict[str, str]]:
    """The colours of each theme by name."""
    blocks = [
        dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b", m))
        for m in re.findall(r":root \{(.*?)\n\s*\}", CSS, re.DOTALL)
    ]
    light, dark, paper = blocks
    return {"light": light, "dark": {**light, **dark}, "paper": {**light, **paper}}


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio that WCAG 2.2 defines."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark", "paper"])
def test_text_stands_out_from_whatever_it_is_on(theme: str) -> None:
    colours = themes()[theme]
    for text in ("ink", "soft", "link", "good", "bad", "warn"):
        for ground in ("paper", "card", "sunk"):
            ratio = contrast(colours[text], colours[ground])
            assert ratio >= 4.5, (theme, text, ground, round(ratio, 2))
    for ground in ("mark", "mark-on"):
        assert contrast(colours["ink"], colours[ground]) >= 7


@pytest.mark.parametrize("theme", ["light", "dark", "paper"])
def test_lines_of_charts_stand_out_from_the_page(theme: str) -> None:
    colours = themes()[theme]
    for line in ("s0", "s1", "s2", "s3", "focus"):
        assert contrast(colours[line], colours["card"]) >= 3, (theme, line)


def test_lines_of_charts_differ_in_more_than_their_colour() -> None:
    dashes = re.findall(r"\.s[0-3] \.stroke \{[^}]*?(?:stroke-dasharray: ([\d ]+))?; \}", CSS)
    assert len(dashes) == len(set(dashes)) == 4
