"""Jinja filters for dates, durations, percentages and numbers in Dutch (R66)."""

from flask import Flask

from forms.summary import named_error
from processes import dutch


def init_texts(app: Flask) -> None:
    """Give the templates their filters."""
    app.add_template_global(named_error)
    app.add_template_filter(dutch.date_in_words, "datum")
    app.add_template_filter(dutch.moment_in_words, "datum_tijd")
    app.add_template_filter(dutch.length_in_words, "duur")
    app.add_template_filter(dutch.days_in_words, "termijn")
    app.add_template_filter(dutch.age_in_words, "ouderdom")
    app.add_template_filter(dutch.percent_text, "procent")
    app.add_template_filter(dutch.decimal_text, "getal")
