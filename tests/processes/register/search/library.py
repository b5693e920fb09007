"""Some hundred offers about the topics of the sample register, to search in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from processes.base import own_clock
from processes.register.catalogue.catalogue import CatalogueQuery, Results, search
from processes.register.offers.fields import put
from processes.register.offers.offers import Offer, OfferStatus
from processes.register.offers.run_values import Language
from processes.register.offers.runs import Run, in_order
from processes.register.offers.terms import Area, OfferKind
from processes.register.providers.providers import Provider
from processes.register.sample import phrases

DAY = date(2026, 11, 28)
NOON = datetime(2026, 11, 28, 11, 0, tzinfo=UTC)
NAMES = ("Wilgenhof Academie", "Zuiderlicht Scholing", "Het Krijtbord", "Veldwijk Leerlab")
AREAS = {
    "Vakinhoudelijk": Area.SUBJECT,
    "(Vak)didactisch": Area.DIDACTICS,
    "Pedagogisch": Area.PEDAGOGY,
    "Algemeen professioneel handelen": Area.GENERAL,
    "Onderwijskundige ontwikkelingen in de school": Area.SCHOOL_DEVELOPMENT,
    "Ontwikkeling van de beroepsgroep": Area.PROFESSION,
}


@dataclass(frozen=True)
class Library:
    """A database with those offers, and by the title of a topic those that are about it."""

    session: Session
    about: dict[str, set[UUID]]

    def search(self, *, on: date = DAY, page: int = 1, **query: object) -> Results:
        asked = CatalogueQuery(**query)  # type: ignore[arg-type]
        return search(self.session, on=on, query=asked, page=page)

    def found(self, text: str) -> list[UUID]:
        """All that is found, page after page."""
        first = self.search(text=text)
        rest = (self.search(text=text, page=n) for n in range(2, first.pages + 1))
        return [offer.id for page in (first, *rest) for offer in page]


def fill(session: Session, suffixes: int = 3) -> Library:
    """Write the offers on DAY: each topic under so many titles; the same in each database."""
    with own_clock(lambda: NOON):
        return _fill(session, suffixes)


def _fill(session: Session, suffixes: int) -> Library:
    random = Random(7)  # noqa: S311 - the same offers each time
    chance = Random(11)  # noqa: S311 - and the same runs
    providers = [_provider(random, place, name) for place, name in enumerate(NAMES)]
    session.add_all(providers)
    session.flush()
    about: dict[str, set[UUID]] = {}
    for offer, title in _offers(random, providers, suffixes):
        put(offer, {"runs": runs_at_random(chance)})
        session.add(offer)
        about.setdefault(title, set()).add(offer.id)
        session.flush()
    session.commit()
    return Library(session, about)


def _offers(
    random: Random, providers: list[Provider], suffixes: int
) -> Iterator[tuple[Offer, str]]:
    for topic in phrases.TOPICS:
        for suffix in random.sample(phrases.SUFFIXES, suffixes):
            offer = Offer(
                id=UUID(int=random.getrandbits(128)),
                provider_id=random.choice(providers).id,
                status=OfferStatus.PUBLISHED,
            )
            content = (phrases.OPENERS, phrases.PRACTICES, phrases.CLOSINGS)
            values = {
                "title": topic.title + suffix,
                "subject": topic.subject,
                "kind": random.choice(list(OfferKind)),
                "areas": frozenset(AREAS[area].value for area in topic.areas.split("|")),
                "sectors": frozenset(topic.sectors.split("|")),
                "contribution": f"Na afloop kunt u {topic.skill}. {random.choice(phrases.EFFECTS)}",
                "content": " ".join(random.choice(lines) for lines in content),
                "audience": random.choice(phrases.AUDIENCES),
                "location": random.choice(phrases.PLACES),
                "online": random.random() < 0.3,
                "contact_hours": Decimal(random.randrange(4, 30)),
            }
            put(offer, values)
            yield offer, topic.title


def runs_at_random(random: Random) -> tuple[Run, ...]:
    """No run, or a few: past and to come, priced or not."""
    return in_order(
        Run(
            start=random.choice((None, DAY + timedelta(days=random.randrange(-60, 500)))),
            place=random.choice(("", *phrases.PLACES)),
            online=random.random() < 0.3,
            price=random.choice((None, Decimal(0), Decimal(random.randrange(1, 900)))),
            language=random.choice((None, Language.DUTCH, Language.ENGLISH)),
        )
        for _ in range(random.choice((0, 1, 1, 2, 4)))
    )


def _provider(random: Random, place: int, name: str) -> Provider:
    made = UUID(int=random.getrandbits(128))
    return provider_called(name, made, f"{900_001 + place:08}", f"AB-2026-22222{place}")


def provider_called(name: str, id_: UUID, kvk: str, reference: str) -> Provider:
    """A provider of whom nothing else matters."""
    return Provider(
        id=id_,
        kvk=kvk,
        reference=reference,
        name=name,
        display_name=name,
        company={},
        corrections={},
        company_known=True,
        contact_name="A. de Vries",
        contact_email="info@voorbeeld.nl",
        contact_phone=None,
        contact_function=None,
        contact_public=False,
        registered_by="medewerker 1",
    )
