"""The parameters with which the catalogue is asked, and the links between its pages."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Literal
from urllib.parse import urlencode

from flask import request
from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from app.api.queries import Query
from processes.register.catalogue.address import LONGEST_SUBJECT, MOST_VALUES, query_of
from processes.register.catalogue.catalogue import CatalogueQuery, Order
from processes.register.offers.terms import Area, OfferKind, Sector
from processes.register.paging import LAST_PAGE
from processes.register.search import facets

MOST_HOURS = 99_999


class NumberedPageQuery(Query):
    """Which page of a list; past the end it is the last one."""

    page: int = Field(default=1, ge=1, le=LAST_PAGE, description="From 1.")


PLACES = {"online": facets.ONLINE, "location": facets.AT_A_PLACE}
ORDERS = {
    "begin": Order.BEGIN,
    "hours": Order.HOURS,
    "price": Order.PRICE,
    "newest": Order.NEWEST,
}


def _one_of(group: str) -> tuple[AfterValidator, WithJsonSchema]:
    """A value of this group of `facets.GROUPS`, told in the description of the API."""
    values = facets.GROUPS[group]

    def known(value: str) -> str:
        if value not in values:
            message = f"one of {', '.join(values)}"
            raise ValueError(message)
        return value

    return AfterValidator(known), WithJsonSchema({"type": "string", "enum": list(values)})


Duration = Annotated[str, *_one_of("durations")]
Price = Annotated[str, *_one_of("prices")]
SpokenLanguage = Annotated[str, *_one_of("languages")]
Month = Annotated[str, StringConstraints(pattern="^[1-9][0-9]{3}-(0[1-9]|1[0-2])$")]
Subject = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_SUBJECT)]
Kvk = Annotated[str, StringConstraints(pattern="^[0-9]{8}$")]


class OffersQuery(NumberedPageQuery):
    """A search, as on the page of the catalogue; several values of one parameter are an or."""

    text: str = Field(
        default="", max_length=500, description="Words, in Dutch; muz* asks for what begins so."
    )
    sector: list[Sector] = Field(default=[], description="Sectors.")
    area: list[Area] = Field(default=[], description="Competence areas.")
    kind: list[OfferKind] = Field(default=[], description="Types of activity.")
    hours_from: float | None = Field(
        default=None, ge=0, le=MOST_HOURS, allow_inf_nan=False, description="Hours in all."
    )
    hours_to: float | None = Field(
        default=None, ge=0, le=MOST_HOURS, allow_inf_nan=False, description="Hours in all."
    )
    place: list[Literal["online", "location"]] = Field(
        default=[], description="Where; counted as online and plaats."
    )
    duration: list[Duration] = Field(default=[], description="Steps of hours, as counted.")
    price: list[Price] = Field(default=[], description="Steps of prices in euros, as counted.")
    language: list[SpokenLanguage] = Field(default=[], description="Languages, as counted.")
    month: list[Month] = Field(
        default=[], max_length=MOST_VALUES, description="Months in which a run begins: 2027-03."
    )
    subject: list[Subject] = Field(
        default=[], max_length=MOST_VALUES, description="Subjects, whole; case does not count."
    )
    provider: list[Kvk] = Field(
        default=[], max_length=MOST_VALUES, description="KvK numbers of providers."
    )
    order: Literal["begin", "hours", "price", "newest"] | None = Field(
        default=None, description="Else the best match first, and without words by title."
    )

    @property
    def search(self) -> CatalogueQuery:
        """As the register knows it, read as the address of the page is."""
        words: dict[str, Sequence[str]] = {
            "zoek": [self.text],
            "sector": self.sector,
            "gebied": self.area,
            "soort": self.kind,
            "waar": [PLACES[place] for place in self.place],
            "duur": self.duration,
            "prijs": self.price,
            "taal": self.language,
            "begin": self.month,
            "vak": self.subject,
            "aanbieder": self.provider,
        }
        query = query_of(words, order=ORDERS[self.order] if self.order else None)
        return replace(query, hours=(_decimal(self.hours_from), _decimal(self.hours_to)))


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
