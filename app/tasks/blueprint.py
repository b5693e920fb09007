"""The blueprint of the registration: its steps, its confirmation, and the company afterwards."""

from flask import Blueprint

from app.pages import add_helpers
from forms.fields import shown_phone

bp = Blueprint("tasks", __name__)
add_helpers(bp)
bp.add_app_template_filter(shown_phone, "telefoon")
