"""The blueprint of /register."""

from flask import Blueprint

from app.web.pages import add_helpers
from processes.letters.trail import doer_in_words, words_of
from processes.letters.trail_details import details_of

bp = Blueprint("registrar", __name__, url_prefix="/register")
add_helpers(bp)
bp.add_app_template_filter(words_of, "trail_words")
bp.add_app_template_filter(doer_in_words, "trail_doer")
bp.add_app_template_filter(details_of, "trail_details")
