"""The blueprint of the insight pages."""

from flask import Blueprint

from app.web.pages import add_helpers

bp = Blueprint("see", __name__, url_prefix="/processen")
add_helpers(bp)
