"""Facts of the trade register as JSON, and stored extracts."""

from datetime import date

from sqlalchemy.orm import Session

from processes.register.providers.trade_register import (
    FOUND,
    UNAVAILABLE,
    Activity,
    Address,
    CompanyFacts,
    extract_of,
    remember_extract,
)

FACTS = CompanyFacts(
    kvk="01234567",
    name="Voorbeeld B.V.",
    trade_names=("Voorbeeld", "Voorbeeld Scholing"),
    legal_form="Besloten Vennootschap",
    rsin="123456782",
    addresses=(
        Address("bezoekadres", "Dorpsstraat", 1, "a", "", None, "1234AB", "Utrecht"),
        Address("correspondentieadres", po_box=12, postcode="1234AB", place="Utrecht"),
    ),
    activities=(Activity("85592", "Bedrijfsopleiding", is_main=True),),
    registered_on=date(2015, 2, 28),
)


def test_facts_survive_being_kept_as_json() -> None:
    assert CompanyFacts.from_json(FACTS.as_json()) == FACTS


def test_an_address_is_one_line() -> None:
    assert [address.line for address in FACTS.addresses] == [
        "Dorpsstraat 1a, 1234 AB Utrecht",
        "Postbus 12, 1234 AB Utrecht",
    ]


def test_the_last_answer_is_remembered(session: Session) -> None:
    remember_extract(session, "01234567", outcome=UNAVAILABLE, facts=None, source="KVK API")
    remember_extract(session, "01234567", outcome=FOUND, facts=FACTS, source="KVK API")

    extract = extract_of(session, "01234567")
    assert extract is not None
    assert extract.outcome == FOUND
    assert extract.facts is not None
    assert CompanyFacts.from_json(extract.facts) == FACTS
