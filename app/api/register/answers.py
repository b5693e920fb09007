"""What the API tells of activities and providers."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import Field

from app.api.answers import Answer
from processes.casework.offers.upsert import Result
from processes.register.offers.evaluations import Summary
from processes.register.offers.fields import fields_of
from processes.register.offers.rules import Offer
from processes.register.offers.run_values import Language
from processes.register.offers.terms import Area, OfferKind, OfferStatus, Sector
from processes.register.providers.providers import Provider
from processes.register.search.summary import Named


class RunAnswer(Answer):
    """One time that an activity is given; days and times on the clock of Amsterdam."""

    start: date | None = None
    start_time: time | None = None
    end: date | None = None
    end_time: time | None = None
    place: str = ""
    online: bool = False
    price: float | None = Field(default=None, description="Euros, for one participant.")
    vat_excluded: bool = False
    places_free: int | None = None
    language: Language | None = None


class ContactAnswer(Answer):
    """A contact person who wants to be in the catalogue (R63)."""

    name: str
    email: str
    phone: str | None


class ProviderAnswer(Answer):
    """A provider with activities in the catalogue."""

    id: UUID = Field(description="As events name it.")
    kvk: str = Field(description="KvK number, eight digits.")
    name: str
    contact: ContactAnswer | None = Field(description="Only when the provider wants it.")

    @classmethod
    def of(cls, provider: Provider) -> Self:
        """What everybody may know of a provider."""
        contact = ContactAnswer(
            name=provider.contact_name, email=provider.contact_email, phone=provider.contact_phone
        )
        return cls(
            id=provider.id,
            kvk=provider.kvk,
            name=provider.display_name,
            contact=contact if provider.contact_public else None,
        )


class OfferFields(Answer):
    """The fields of an activity, as its provider fills them in."""

    title: str
    kind: OfferKind | None
    contribution: str = Field(description="To professional development; HTML.")
    content: str = Field(description="Content and set-up; HTML.")
    contact_hours: float | None
    self_study_hours: float | None
    self_study_account: str
    closing_test: str
    areas: list[Area]
    sectors: list[Sector]
    subject: str
    audience: str
    location: str
    online: bool
    cost: str
    url: str
    language: str
    max_participants: int | None
    evidence: str
    runs: list[RunAnswer]
    end_date: date | None = Field(description="The last day that it is in the catalogue.")


class OfferAnswer(OfferFields):
    """An activity in the catalogue."""

    id: UUID
    provider: ProviderAnswer

    @classmethod
    def of(cls, offer: Offer, **more: Any) -> Self:
        """What everybody may know of an activity."""
        known: Mapping[str, Any] = {"id": offer.id, "provider": ProviderAnswer.of(offer.provider)}
        return cls.model_validate({**fields_of(offer), **known, **more})


class EvaluationAnswer(Answer):
    """The means of what teachers answered, 1 (not at all) to 5 (entirely)."""

    answers: int
    useful: float
    accurate: float
    recommended: float

    @classmethod
    def of(cls, summary: Summary | None) -> Self | None:
        """What is told; None below five answers."""
        if summary is None:
            return None
        means = {mean.name: mean.value for mean in summary.means}
        return cls.model_validate({"answers": summary.answers, **means})


class CatalogueOfferAnswer(OfferAnswer):
    """An activity that is in the catalogue, or was."""

    state: Literal["visible", "expired"]
    evaluation: EvaluationAnswer | None = Field(description="From five answers up.")


class Paged(Answer):
    """A numbered page of a list; Link leads to its neighbours."""

    page: int
    pages: int
    total: int


class CorrectionAnswer(Answer):
    """A word that no activity has, and what was searched instead."""

    typed: str
    searched: str


class NamedAnswer(Answer):
    """A provider or subject, and how many activities choosing it would give."""

    value: str = Field(description="To ask for it by: a KvK number, or a subject.")
    name: str
    total: int

    @classmethod
    def all_of(cls, found: Iterable[Named]) -> list[Self]:
        """In their order."""
        return [cls(value=each.value, name=each.label, total=each.number) for each in found]


class CatalogueAnswer(Paged):
    """A page of the catalogue, the best match first; without words by title."""

    offers: list[OfferAnswer]
    counts: dict[str, int] = Field(
        description="By value of a facet: what choosing it too would give; of a chosen one its own."
    )
    months: dict[str, int] = Field(description="By month of the year to come (2027-03), the same.")
    providers: list[NamedAnswer] = Field(description="Those with most activities, counted so too.")
    subjects: list[NamedAnswer] = Field(description="Those with most activities, counted so too.")
    corrections: list[CorrectionAnswer]
    left_out: list[str] = Field(description="Words that no activity has.")


class ProgrammeAnswer(Answer):
    """An activity as a programme of EDU-DEX (Data API 1.0.2)."""

    org_unit_id: str = Field(description="The KvK number of its provider.")
    program_id: UUID = Field(description="The id of the activity.")
    client_id: Literal["public"] = "public"
    data: dict[str, Any] = Field(description="The programme, as EDU-DEX describes it.")


class ProgrammesAnswer(Paged):
    """A page of programmes."""

    programs: list[ProgrammeAnswer]


class ProvidersAnswer(Paged):
    """A page of the providers with activities in the catalogue, by name."""

    providers: list[ProviderAnswer]


class OwnOfferAnswer(OfferFields):
    """An activity, to its provider."""

    id: UUID
    version: int = Field(description="Goes up at each change; the ETag holds it.")
    status: OfferStatus
    missing: list[str] = Field(description="Fields that publishing asks, by name.")
    updated_at: datetime

    @classmethod
    def of(cls, offer: Offer) -> Self:
        """All that its provider sees."""
        return cls.model_validate(
            {
                **fields_of(offer),
                "id": offer.id,
                "version": offer.version,
                "status": offer.status,
                "missing": list(dict.fromkeys(each.field for each in offer.missing_fields())),
                "updated_at": offer.updated_at,
            }
        )


class OwnOffersAnswer(Paged):
    """A page of the activities of a provider."""

    offers: list[OwnOfferAnswer]


class ErrorAnswer(Answer):
    """What is wrong, in Dutch, and where."""

    pointer: str = Field(description="Where in the body (RFC 6901).")
    detail: str


class ItemAnswer(Answer):
    """What came of one activity."""

    id: UUID
    result: Result
    version: int | None
    errors: list[ErrorAnswer]


class BulkAnswer(Answer):
    """What came of each activity, in their order."""

    outcome: Literal["done"] = "done"
    items: list[ItemAnswer]
