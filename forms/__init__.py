"""The forms that people fill in (WTForms). Importing this package registers every form.

Door: `registry` (find a form by its form key).
"""

from forms import staff
from forms.offers import offers, reports
from forms.provider import (
    claims,
    corrections,
    declarations,
    kvk_numbers,
    objections,
    quality,
    registration,
)

__all__ = [
    "claims",
    "corrections",
    "declarations",
    "kvk_numbers",
    "objections",
    "offers",
    "quality",
    "registration",
    "reports",
    "staff",
]
