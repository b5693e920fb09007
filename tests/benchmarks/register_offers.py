"""Generated offers for the benchmark of the catalogue: many words, in all kinds of combinations."""

from functools import cache
from random import Random
from uuid import UUID

from processes.register.offers.fields import put
from processes.register.offers.offers import Offer, OfferStatus
from processes.register.offers.terms import OfferKind
from processes.register.sample import phrases
from tests.processes.register.search.library import runs_at_random

SMALLEST = 4  # letters of a word that is made part of another


@cache
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
