"""The forms that people fill in (WTForms). Importing this package registers every form.

Door: `registry` (find a form by its form key).
"""

from forms import corrections, declarations, offer_reports, offers, providers, quality, staff

__all__ = [
    "corrections",
    "declarations",
    "offer_reports",
    "offers",
    "providers",
    "quality",
    "staff",
]
