"""The blueprint of what people begin themselves."""

from flask import Blueprint

from app.web.pages import add_helpers

bp = Blueprint("begin", __name__, url_prefix="/starten")
add_helpers(bp)
