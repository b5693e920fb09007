"""The forms that people fill in (WTForms). Importing this package registers every form.

Door: `registry` (find a form by its form key).
"""

from forms import corrections, kvk_numbers, offer_reports, offers, providers, staff
from forms.provider import claims, declarations, objections, quality

__all__ = [
    "claims",
    "corrections",
    "declarations",
    "kvk_numbers",
    "objections",
    "offer_reports",
    "offers",
    "providers",
    "quality",
    "staff",
]
