"""Helpers of all pages: pagination, numbers in Dutch, submission id."""

from collections.abc import Container
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from flask import Blueprint, request
from werkzeug.routing import IntegerConverter, Map

from forms.fields import shown_phone
from forms.uploads import size_text
from processes.platform.levels import name_of
from processes.platform.settings import current_settings
from processes.register.offers.runs import next_run, over, still_to_come
from processes.register.offers.terms import Area, Sector
from processes.register.rich_text import as_text

LONGEST_NUMBER = 5  # digits: further nobody turns
LARGEST_NUMBER = 2**63 - 1  # of a column of integers


def whole_number(text: str) -> int:
    """A number that was sent, as a column can hold it. Raises ValueError."""
    number = int(text)
    if abs(number) > LARGEST_NUMBER:
        raise ValueError(text)
    return number


class NumberInAddress(IntegerConverter):
    """The same, as a part of an address: of a larger number there is no page."""

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_map, *args, **{"max": LARGEST_NUMBER, **kwargs})


def page_number() -> int:
    """The page number in the query string; 1 when it is no number."""
    text = request.args.get("pagina", "1")
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return max(int(text), 1) if is_number else 1


def page_url(page: int) -> str:
    """The address of another page of this list, with its filters."""
    words = request.args.to_dict(flat=False) | {"pagina": [str(page)]}
    return f"{request.path}?{urlencode(words, doseq=True)}"


def form_submission_id() -> UUID:
    """The submission id of the form, so that a double click counts once (R15)."""
    try:
        return UUID(request.form.get("submission_id", ""))
    except ValueError:
        return uuid4()


def submission_id_in_address() -> UUID | None:
    """The token of the form that this page was opened with: who comes back finds what was made."""
    try:
        return UUID(request.args.get("formulier", ""))
    except ValueError:
        return None


def area_labels(areas: Container[str]) -> list[str]:
    """The labels of competence areas, in the order in which the register names them."""
    return [area.label for area in Area if area.value in areas]


def sector_labels(sectors: Container[str]) -> list[str]:
    """The labels of sectors, in the order in which the register names them."""
    return [sector.label for sector in Sector if sector.value in sectors]


def eherkenning() -> dict[str, Any]:
    """What a page says of eHerkenning: our name there, the least level, and where to get it."""
    settings = current_settings()
    return {
        "service": settings.eherkenning_service,
        "level": name_of(settings.minimum_loa),
        "site": settings.eherkenning_site,
        "steps": settings.eherkenning_steps,
        "suppliers": settings.eherkenning_suppliers,
    }


def add_helpers(bp: Blueprint) -> None:
    """Register these helpers for the templates."""
    bp.add_app_template_filter(shown_phone, "telefoon")
    bp.add_app_template_filter(size_text, "bestandsgrootte")
    bp.add_app_template_global(as_text, "plain_text")
    bp.add_app_template_global(area_labels)
    bp.add_app_template_global(sector_labels)
    bp.add_app_template_global(next_run)
    bp.add_app_template_global(still_to_come)
    bp.add_app_template_global(over)
    bp.add_app_template_global(page_url)
    bp.add_app_template_global(eherkenning)
    bp.add_app_template_global(uuid4, "new_submission_id")
