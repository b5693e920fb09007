"""What a provider's program sends of its activities."""

from datetime import date, time
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError, to_jsonable_python

from app.api.bodies import Body
from processes.casework.offers.upsert import faults_of
from processes.register.offers.fields import READ
from processes.register.offers.run_values import Language
from processes.register.offers.terms import Area, OfferKind, Sector

MOST_ITEMS = 100


def _without_zone(told: time) -> time:
    if told.tzinfo is not None:
        message = "a time on the clock of Amsterdam has no zone"
        raise ValueError(message)
    return told


LocalTime = Annotated[time, AfterValidator(_without_zone)]


class RunBody(Body):
    """One time that the activity is given; days and times on the clock of Amsterdam."""

    start: date | None = None
    start_time: LocalTime | None = None
    end: date | None = None
    end_time: LocalTime | None = None
    place: str = ""
    online: bool = False
    price: float | None = Field(default=None, allow_inf_nan=False, description="Euros.")
    vat_excluded: bool = False
    places_free: int | None = None
    language: Language | None = None


class OfferBody(Body):
    """A whole activity: a field that is not mentioned becomes empty."""

    title: str = ""
    kind: OfferKind | None = None
    contribution: str = Field(default="", description="HTML; tags that may not be are left out.")
    content: str = Field(default="", description="HTML, as above.")
    contact_hours: float | None = Field(default=None, allow_inf_nan=False)
    self_study_hours: float | None = Field(default=None, allow_inf_nan=False)
    self_study_account: str = ""
    closing_test: str = ""
    areas: list[Area] = Field(default=[])
    sectors: list[Sector] = Field(default=[])
    subject: str = ""
    audience: str = ""
    location: str = ""
    online: bool = False
    cost: str = ""
    url: str = ""
    language: str = ""
    max_participants: int | None = None
    evidence: str = ""
    runs: list[RunBody] = Field(default=[])
    end_date: date | None = Field(
        default=None, description="The last day in the catalogue; a past one hides it."
    )
    publish: bool = Field(
        default=False, description="Publish a concept; what is published stays so until endDate."
    )

    @property
    def changes(self) -> dict[str, Any]:
        """Every field in JSON types, by the name that the register knows."""
        return self.model_dump(mode="json", exclude={"publish", "id", "version"})

    @classmethod
    def strictest(cls) -> type[Body]:
        """With what the register refuses of a field."""
        return _JudgedOffer


class OfferItem(OfferBody):
    """A whole activity among others."""

    id: UUID = Field(description="Your choice for a new activity; keep it.")
    version: int | None = Field(default=None, description="Refused if it is another one by now.")


class BulkBody(Body):
    """Activities to make or change; each goes by itself."""

    items: list[OfferItem] = Field(min_length=1, max_length=MOST_ITEMS)

    @classmethod
    def strictest(cls) -> type[Body]:
        """With what the register refuses of a field; alone it refuses one item, not all."""
        return _JudgedBulk


class _JudgedOffer(OfferBody):
    @field_validator(*READ)
    @classmethod
    def _judged(cls, value: Any, info: ValidationInfo) -> Any:
        told = {str(info.field_name): to_jsonable_python(value, by_alias=False)}
        for _name, message in faults_of(told):
            kind, told_as = "refused", "{message}"
            raise PydanticCustomError(kind, told_as, {"message": message})
        return value


class _JudgedItem(OfferItem, _JudgedOffer):
    pass


class _JudgedBulk(BulkBody):
    items: list[_JudgedItem] = Field(min_length=1, max_length=MOST_ITEMS)  # type: ignore[assignment]
