"""The blueprint of tasks, cases and the registration."""

from flask import Blueprint

from app.web.pages import add_helpers

bp = Blueprint("tasks", __name__)
add_helpers(bp)
