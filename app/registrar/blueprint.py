"""The blueprint of /register."""

from flask import Blueprint

from app.web.pages import add_helpers
from processes.letters.trail import details_of, words_of

bp = Blueprint("registrar", __name__, url_prefix="/register")
add_helpers(bp)
bp.add_app_template_filter(words_of, "trail_words")
bp.add_app_template_filter(details_of, "trail_details")
