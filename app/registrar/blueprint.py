"""The blueprint of the register's staff."""

from flask import Blueprint

from app.pages import add_helpers

bp = Blueprint("registrar", __name__, url_prefix="/register")
add_helpers(bp)
