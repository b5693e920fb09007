"""The blueprint of what a process owner looks into: figures, the process as text, one instance."""

from flask import Blueprint

from app.web.pages import add_helpers

bp = Blueprint("see", __name__, url_prefix="/processen")
add_helpers(bp)
