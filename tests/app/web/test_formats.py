"""Templates write lengths, dates and numbers with the filters of Dutch (R66)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask, render_template_string


@pytest.mark.parametrize(
    ("value", "name", "text"),
    [
        (timedelta(hours=2.5), "duur", "2,5 uur"),
        (timedelta(hours=2.5), "ouderdom", "2 uur"),
        (date(2026, 3, 1), "datum", "1 maart 2026"),
        (0.873, "procent", "87%"),
        (Decimal("3.50"), "getal", "3,5"),
    ],
)
def test_each_filter_of_the_templates_is_one(
    app: Flask, value: object, name: str, text: str
) -> None:
    """A filter that an area registers again under the same name would count everywhere."""
    with app.test_request_context():
        assert render_template_string(f"{{{{ value | {name} }}}}", value=value) == text
