"""The blueprint of a provider's own offers."""

from flask import Blueprint

from app.pages import add_helpers

bp = Blueprint("offers", __name__, url_prefix="/aanbod")
add_helpers(bp)
