"""The blueprint of what is kept about somebody."""

from flask import Blueprint

from app.web.pages import add_helpers

bp = Blueprint("account", __name__, url_prefix="/mijn-gegevens")
add_helpers(bp)
