"""Providers, their employees, contact and suspension."""

import re
from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.register.changes import events_of
from processes.register.providers.people import known_user
from processes.register.providers.providers import (
    AlreadyRegisteredError,
    Provider,
    ProviderSuspendedError,
    change_contact,
    change_display,
    new_reference,
    provider_of,
    register,
    reinstate,
    suspend,
)

CONTACT = {"name": "A. de Vries", "email": "info@voorbeeld.nl"}


def registered(session: Session, **changes: Any) -> Provider:
    ordinary: dict[str, Any] = {
        "kvk": "01234567",
        "reference": new_reference(),
        "company": {"name": "Voorbeeld B.V."},
        "corrections": {},
        "display_name": "Voorbeeld Scholing",
        "company_known": True,
        "contact": CONTACT,
        "registered_by": "medewerker 1",
    }
    return register(session, **(ordinary | changes))


def test_a_reference_has_no_letters_that_look_alike() -> None:
    reference = new_reference()

    assert re.fullmatch(r"AB-2026-[2-9A-HJKMNP-Z]{6}", reference)
    assert new_reference() != reference


@pytest.mark.rule("R1")
def test_a_company_registers_once(session: Session) -> None:
    provider = registered(session)

    assert provider_of(session, "01234567") is provider
    assert provider.name == "Voorbeeld B.V."
    with pytest.raises(AlreadyRegisteredError):
        registered(session)


def test_a_new_contact_person_leaves_the_old_one_in_the_audit_trail(session: Session) -> None:
    provider = registered(session)

    change_contact(session, provider, CONTACT | {"email": "nieuw@voorbeeld.nl"}, by="medewerker 2")
    change_contact(session, provider, CONTACT | {"email": "nieuw@voorbeeld.nl"}, by="medewerker 2")

    changed = [e for e in events_of(session, "01234567") if e.action == "contact-changed"]
    assert [event.actor for event in changed] == ["medewerker 2"]
    assert changed[0].details == {"contact_email": ["info@voorbeeld.nl", "nieuw@voorbeeld.nl"]}


@pytest.mark.rule("R41")
def test_what_the_catalogue_shows_can_change_without_touching_the_facts(session: Session) -> None:
    provider = registered(session)

    change_display(session, provider, {"website": "https://x.nl"}, "Andere naam", by="medewerker 1")

    assert provider.display_name == "Andere naam"
    assert provider.company == {"name": "Voorbeeld B.V."}
    assert provider.search_name == "andere naam voorbeeld b.v."


def test_a_suspended_provider_can_look_but_not_change(session: Session) -> None:
    provider = registered(session)

    suspend(session, provider, "De klachtenregeling ontbreekt.", by="registrar")
    with pytest.raises(ProviderSuspendedError):
        change_contact(session, provider, CONTACT | {"name": "B"}, by="medewerker 1")

    reinstate(session, provider, by="registrar")
    assert provider.status_reason is None
    actions = {event.action for event in events_of(session, "01234567")}
    assert {"provider-suspended", "provider-reinstated"} <= actions


@pytest.mark.rule("R3")
def test_employees_get_a_number_at_their_first_login(session: Session) -> None:
    logins = [("01234567", "a"), ("01234567", "b"), ("01234567", "a"), ("76543210", "a")]

    labels = [
        known_user(session, issuer="makelaar", kvk=kvk, subject=subject).label
        for kvk, subject in logins
    ]

    assert labels == ["medewerker 1", "medewerker 2", "medewerker 1", "medewerker 1"]
