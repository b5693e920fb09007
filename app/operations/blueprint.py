"""The blueprint of /beheer."""

from flask import Blueprint

from app.web.pages import add_helpers

bp = Blueprint("operations", __name__)
add_helpers(bp)
