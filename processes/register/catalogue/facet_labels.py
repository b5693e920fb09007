"""Dutch labels of the values of facets."""

from collections.abc import Mapping

from processes.register.offers.run_values import LANGUAGE_LABELS
from processes.register.offers.terms import AREA_LABELS, KIND_LABELS, SECTOR_LABELS
from processes.register.search import facets

LABELS: Mapping[str, str] = {
    **{str(value): label for value, label in SECTOR_LABELS.items()},
    **{str(value): label for value, label in AREA_LABELS.items()},
    **{str(value): label for value, label in KIND_LABELS.items()},
    **{f"taal-{value}": label for value, label in LANGUAGE_LABELS.items()},
    facets.ONLINE: "Online",
    facets.AT_A_PLACE: "Op een plaats",
    "uren-4": "Tot en met 4 uur",
    "uren-8": "Meer dan 4, tot en met 8 uur",
    "uren-20": "Meer dan 8, tot en met 20 uur",
    "uren-40": "Meer dan 20, tot en met 40 uur",
    "uren-meer": "Meer dan 40 uur",
    facets.FREE: "Gratis",
    "prijs-100": "Tot en met € 100",
    "prijs-250": "Meer dan € 100, tot en met € 250",
    "prijs-500": "Meer dan € 250, tot en met € 500",
    "prijs-meer": "Meer dan € 500",
    facets.UNKNOWN_PRICE: "Prijs niet bekend",
}
