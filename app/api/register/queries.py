"""The parameters with which the catalogue is asked, and the links between its pages."""

from decimal import Decimal
from typing import Literal
from urllib.parse import urlencode

from flask import request
from pydantic import Field

from app.api.queries import Query
from processes.register.catalogue import CatalogueQuery
from processes.register.offers.terms import Area, OfferKind, Sector
from processes.register.paging import LAST_PAGE
from processes.register.search import facets

MOST_HOURS = 99_999


class NumberedPageQuery(Query):
    """Which page of a list; past the end it is the last one."""

    page: int = Field(default=1, ge=1, le=LAST_PAGE, description="From 1.")


PLACES = {"online": facets.ONLINE, "location": facets.AT_A_PLACE}


class OffersQuery(NumberedPageQuery):
    """A search, as on the page of the catalogue; several values of one parameter are an or."""

    text: str = Field(default="", max_length=500, description="Words, in Dutch.")
    sector: list[Sector] = Field(default=[], description="Sectors.")
    area: list[Area] = Field(default=[], description="Competence areas.")
    kind: list[OfferKind] = Field(default=[], description="Types of activity.")
    hours_from: float | None = Field(
        default=None, ge=0, le=MOST_HOURS, allow_inf_nan=False, description="Hours in all."
    )
    hours_to: float | None = Field(
        default=None, ge=0, le=MOST_HOURS, allow_inf_nan=False, description="Hours in all."
    )
    place: Literal["online", "location"] | None = Field(default=None, description="Where.")
    provider: str | None = Field(
        default=None, pattern="^[0-9]{8}$", description="The KvK number of a provider."
    )

    @property
    def search(self) -> CatalogueQuery:
        """As the register knows it."""
        return CatalogueQuery(
            text=self.text,
            sectors=frozenset(self.sector),
            areas=frozenset(self.area),
            kinds=frozenset(self.kind),
            hours=(_decimal(self.hours_from), _decimal(self.hours_to)),
            places=frozenset({PLACES[self.place]} if self.place else ()),
            provider=self.provider or "",
        )


def _decimal(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number))


def page_links(number: int, pages: int) -> dict[str, str]:
    """The header that leads to the pages beside this one (RFC 8288)."""
    beside = {"first": 1, "prev": number - 1, "next": number + 1, "last": pages}
    links = [
        f'<{request.path}?{_with_page(page)}>; rel="{relation}"'
        for relation, page in beside.items()
        if 1 <= page <= pages
    ]
    return {"Link": ", ".join(links)}


def _with_page(page: int) -> str:
    words = request.args.to_dict(flat=False) | {"page": [str(page)]}
    return urlencode(words, doseq=True)
