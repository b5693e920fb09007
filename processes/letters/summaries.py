"""Summaries of what was entered, as label and value: for the review page, mail and paper (D5)."""

from collections.abc import Mapping
from typing import Any

from processes.register.declarations import RequirementSet
from processes.register.providers.providers import Provider
from processes.register.providers.trade_register import Address, CompanyFacts

Rows = list[tuple[str, str]]

ANSWERS = {"ja": "Ja", "nee": "Nee"}


def answer_rows(
    requirements: RequirementSet, answers: Mapping[str, Any], complaints_url: str | None
) -> Rows:
    """Each requirement with its answer."""
    rows = [
        (f"{each.number}. {each.title}", ANSWERS.get(answers.get(str(each.number), ""), ""))
        for each in requirements.requirements
    ]
    return rows + ([("Webadres klachtenregeling", complaints_url)] if complaints_url else [])


def company_rows(kvk: str, company: Mapping[str, Any], facts: Mapping[str, Any] | None) -> Rows:
    """The company of the onboarding: its variables, beside the facts of the trade register."""
    corrections = company.get("corrections") or {}
    known = company.get("known") and facts
    rows = known_rows(facts) if known and facts else typed_rows(company.get("facts") or {})
    return [("KvK-nummer", kvk), *rows, *correction_rows(corrections, company.get("display_name"))]


def provider_rows(provider: Provider) -> Rows:
    """The company of a registered provider; what was typed by hand is kept in its corrections."""
    rows = known_rows(provider.company) if provider.company else typed_rows(provider.corrections)
    corrections = correction_rows(provider.corrections, provider.display_name)
    return [("KvK-nummer", provider.kvk), *rows, *corrections]


def known_rows(facts: Mapping[str, Any]) -> Rows:
    """The facts of the trade register."""
    known = CompanyFacts.from_json(facts)
    visiting = next((each for each in known.addresses if each.kind == "bezoekadres"), None)
    postal = next((each for each in known.addresses if each.kind == "correspondentieadres"), None)
    rows = [
        ("Naam", known.name),
        ("Statutaire naam", known.statutory_name),
        ("Rechtsvorm", known.legal_form),
        ("RSIN", known.rsin),
        ("Vestigingsnummer", known.branch),
        (_visiting_label(visiting), visiting.line if visiting else None),
        ("Postadres", postal.line if postal else None),
        ("Gestopt op", f"{known.ended_on:%d-%m-%Y}" if known.ended_on else None),
    ]
    return _filled(rows)


def _visiting_label(address: Address | None) -> str:
    shielded = address is not None and address.shielded
    return "Bezoekadres (afgeschermd)" if shielded else "Bezoekadres"


def typed_rows(facts: Mapping[str, Any]) -> Rows:
    """A company as the provider typed it."""
    street = " ".join(filter(None, (facts.get("street"), facts.get("house_number"))))
    place = " ".join(filter(None, (facts.get("postcode"), facts.get("city"))))
    address = ", ".join(filter(None, (street, place)))
    return _filled([("Naam", facts.get("name")), ("Adres", address)])


def correction_rows(corrections: Mapping[str, Any], display_name: str | None) -> Rows:
    """What the provider says besides."""
    return _filled(
        [
            ("Naam in de catalogus", display_name),
            ("Adres om te laten zien", corrections.get("address")),
            ("Website", corrections.get("website")),
        ]
    )


def contact_rows(contact: Mapping[str, Any], phone: str | None) -> Rows:
    """The contact person; `phone` as people read it."""
    return _filled(
        [
            ("Naam", contact.get("name")),
            ("Functie", contact.get("function")),
            ("E-mailadres", contact.get("email")),
            ("Telefoonnummer", phone),
            ("Te zien in de catalogus", "Ja" if contact.get("public") else "Nee"),
        ]
    )


def contact_of(provider: Provider) -> dict[str, Any]:
    """The contact person of a registered provider, as the onboarding calls it."""
    return {
        "name": provider.contact_name,
        "function": provider.contact_function,
        "email": provider.contact_email,
        "phone": provider.contact_phone,
        "public": provider.contact_public,
    }


def _filled(rows: list[tuple[str, str | None]]) -> Rows:
    return [(label, value) for label, value in rows if value]
