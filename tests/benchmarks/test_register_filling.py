"""What fills the database of a benchmark writes what the product would have written."""

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session, joinedload

from processes.base import own_clock
from processes.register.offers.rules import Offer
from processes.register.offers.search.documents import document_of
from processes.register.search import kept_counts
from processes.register.search.analyser import keys_of
from processes.register.search.tables import SearchEntry
from processes.register.search.word_lists import NOTHING
from tests.benchmarks import register_filling
from tests.processes.register.search.library import DAY, NOON

KEYS = {
    "sqlite": "SELECT rowid, keys FROM search_fts",
    "postgresql": "SELECT number, array_to_string(tsvector_to_array(keys), ' ') FROM search_entry",
}


def test_entries_are_those_of_the_product(
    own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_filling, "PATTERNS", 20)
    monkeypatch.setattr(register_filling, "OFFERS_EACH", 10)
    monkeypatch.setattr(register_filling, "CHUNK", 16)

    for wanted in (40, 60):
        register_filling.fill_up(own_engine, wanted)

    with own_clock(lambda: NOON), Session(own_engine) as session:
        stored = {row[0]: row[1] for row in session.execute(text(KEYS[own_engine.dialect.name]))}
        entries = {each.offer_id: each for each in session.scalars(select(SearchEntry))}
        offers = session.scalars(select(Offer).options(joinedload(Offer.provider))).all()
        assert (len(offers), len(entries)) == (60, 60)
        for offer in offers:
            name = f"{offer.provider.display_name} {offer.provider.name}"
            document, entry = document_of(offer, name, on=DAY), entries[offer.id]
            assert set(stored[entry.number].split()) == keys_of(document.text, NOTHING)[0]
            told = document.row(frozenset()) | {"digest": entry.digest, "keys": entry.keys}
            assert {column: getattr(entry, column) for column in told} == told
        assert list(kept_counts.differences(session)) == []
