"""The page as a document: it is well-formed, whole, and needs nothing from elsewhere."""

from __future__ import annotations

from tests.report.examples import example
from verifier.report.html import page


def test_every_property_has_its_row() -> None:
    text = page(example())
    for result in example().results:
        assert result.prop.heading.name in text
