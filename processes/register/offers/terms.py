"""Enumerations of offers with Dutch labels: kinds, competence areas, sectors, states."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class OfferStatus(StrEnum):
    CONCEPT = "concept"
    PUBLISHED = "gepubliceerd"
    DELETED = "verwijderd"  # a tombstone: content erased, the id stays (R32, R33)


class OfferKind(StrEnum):
    """The seven types of activity of the older register (A3)."""

    PROGRAMME = "opleiding"
    COURSE = "cursus"
    STUDY_DAY = "studiedag"
    CONFERENCE = "conferentie"
    IN_SCHOOL = "overig-binnen-school"
    OUTSIDE_SCHOOL = "overig-buiten-school"
    SELF_STUDY = "zelfstudie"

    @property
    def label(self) -> str:
        """What a reader sees."""
        return KIND_LABELS[self]


class Area(StrEnum):
    """Competence areas; the first three are the primary process (A3, A4)."""

    SUBJECT = "vakinhoudelijk"
    DIDACTICS = "vakdidactisch"
    PEDAGOGY = "pedagogisch"
    GENERAL = "algemeen-professioneel"
    SCHOOL_DEVELOPMENT = "onderwijskundig"
    PROFESSION = "beroepsgroep"

    @property
    def label(self) -> str:
        """What a reader sees."""
        return AREA_LABELS[self]


class Sector(StrEnum):
    PRIMARY = "po"
    SECONDARY = "vo"
    VOCATIONAL = "mbo"
    SPECIAL = "so"

    @property
    def label(self) -> str:
        """What a reader sees."""
        return SECTOR_LABELS[self]


PRIMARY_PROCESS = frozenset({Area.SUBJECT, Area.DIDACTICS, Area.PEDAGOGY})

KIND_LABELS = {
    OfferKind.PROGRAMME: "Opleiding",
    OfferKind.COURSE: "Cursus",
    OfferKind.STUDY_DAY: "Studiedag",
    OfferKind.CONFERENCE: "Conferentie",
    OfferKind.IN_SCHOOL: "Overige activiteit binnen de school",
    OfferKind.OUTSIDE_SCHOOL: "Overige activiteit buiten de school",
    OfferKind.SELF_STUDY: "Professionele zelfstudie",
}
AREA_LABELS = {
    Area.SUBJECT: "Vakinhoudelijk",
    Area.DIDACTICS: "(Vak)didactisch",
    Area.PEDAGOGY: "Pedagogisch",
    Area.GENERAL: "Algemeen professioneel handelen",
    Area.SCHOOL_DEVELOPMENT: "Onderwijskundige ontwikkelingen in de school",
    Area.PROFESSION: "Ontwikkeling van de beroepsgroep",
}
SECTOR_LABELS = {
    Sector.PRIMARY: "Primair onderwijs",
    Sector.SECONDARY: "Voortgezet onderwijs",
    Sector.VOCATIONAL: "Middelbaar beroepsonderwijs",
    Sector.SPECIAL: "(Voortgezet) speciaal onderwijs",
}

ALLOWED = {
    (OfferStatus.CONCEPT, OfferStatus.PUBLISHED),
    (OfferStatus.CONCEPT, OfferStatus.DELETED),
    (OfferStatus.PUBLISHED, OfferStatus.DELETED),
}
HOURS = frozenset({"contact_hours", "self_study_hours"})
EXPIRED = "verlopen"  # derived from the end date, never stored
SMALLEST_HOURS = Decimal("0.01")


class OfferTransitionError(Exception):
    """The state machine (F3) has no transition between these states."""

    def __init__(self, current: OfferStatus, wanted: OfferStatus) -> None:
        super().__init__(f"an offer cannot go from {current} to {wanted}")
        self.current = current
        self.wanted = wanted


@dataclass(frozen=True)
class Missing:
    """Something that a provider must fill in or correct before publishing (R24)."""

    field: str  # the name of the form's field
    label: str  # Dutch


class OfferIncompleteError(Exception):
    """The offer lacks what publishing requires: `missing`."""

    def __init__(self, missing: list[Missing]) -> None:
        super().__init__(f"missing: {', '.join(each.field for each in missing)}")
        self.missing = missing
