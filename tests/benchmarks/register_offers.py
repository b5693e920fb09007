"""Generated offers for the benchmark of the catalogue: many words, in all kinds of combinations."""

from random import Random
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.register.offers.fields import put
from processes.register.offers.offers import Offer, OfferStatus
from processes.register.offers.terms import OfferKind
from processes.register.providers.providers import Provider
from processes.register.sample import phrases
from tests.processes.register.search.library import runs_at_random

BATCH = 500
SMALLEST = 4  # letters of a word that is made part of another


def write(session: Session, wanted: int) -> None:
    """Published offers up to this number, of many words."""
    there = session.scalar(select(func.count()).select_from(Offer)) or 0
    random, vocabulary = Random(there), compounds()  # noqa: S311 - the same offers each time
    providers = list(session.scalars(select(Provider.id).order_by(Provider.kvk)))
    for begin in range(there, wanted, BATCH):
        number = min(BATCH, wanted - begin)
        session.add_all(new_offer(random, providers, vocabulary) for _ in range(number))
        session.flush()
        session.commit()
        session.expunge_all()
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql("ANALYZE")
        session.commit()


def compounds() -> list[str]:
    """Thousands of words: pairs of the words of the topics."""
    texts = " ".join(f"{topic.title} {topic.skill} {topic.subject}" for topic in phrases.TOPICS)
    long = {word for word in texts.lower().split() if len(word) >= SMALLEST and word.isalpha()}
    parts = sorted(long)
    return [first + second for first in parts[::9] for second in parts[1::9]]


def new_offer(random: Random, providers: list[UUID], vocabulary: list[str]) -> Offer:
    """A published offer of one of these providers, with words of the vocabulary in its text."""
    topic = random.choice(phrases.TOPICS)
    lines = (phrases.OPENERS, phrases.PRACTICES, phrases.CLOSINGS)
    offer = Offer(
        id=UUID(int=random.getrandbits(128)),
        provider_id=random.choice(providers),
        status=OfferStatus.PUBLISHED,
    )
    content = [random.choice(line) for line in lines] + random.sample(vocabulary, 15)
    values = {
        "title": f"{topic.title}{random.choice(phrases.SUFFIXES)} {random.choice(vocabulary)}",
        "subject": topic.subject,
        "kind": random.choice(list(OfferKind)),
        "sectors": frozenset(topic.sectors.split("|")),
        "contribution": f"Na afloop kunt u {topic.skill}. {random.choice(phrases.EFFECTS)}",
        "content": " ".join(content),
        "audience": random.choice(phrases.AUDIENCES),
        "location": random.choice(phrases.PLACES),
        "runs": runs_at_random(random),
    }
    put(offer, values)
    return offer
