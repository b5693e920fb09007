"""The delegates of the diagrams, called as the engine calls them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import now, set_clock
from processes.casework import delegates
from processes.engine.registry import DELEGATES, BpmnError
from processes.engine.store.models import Job
from processes.register.changes import events_of
from processes.register.declarations import (
    Requirement,
    declaration_of,
    publish_requirements,
    record_answers,
    seed_requirements,
)
from processes.register.offers.offers import Offer, StaleOfferError, create
from processes.register.providers.providers import AlreadyRegisteredError, provider_of

KVK = "68750110"
ANSWERS = {str(number): "ja" for number in range(1, 5)}
DECLARATION = {"set_version": 1, "answers": ANSWERS, "complaints_url": "https://voorbeeld.nl/k"}
CONTACT = {"name": "A. de Vries", "email": "info@voorbeeld.nl", "phone": None, "function": None}
COMPANY = {
    "known": True,
    "facts": {"kvk": KVK, "name": "Voorbeeld B.V."},
    "corrections": {"website": "https://voorbeeld.nl"},
    "display_name": "Voorbeeld Scholing",
}


@pytest.fixture(autouse=True)
def _requirements(session: Session) -> None:
    set_clock(lambda: datetime(2026, 11, 23, 11, 0, tzinfo=UTC))
    seed_requirements(session)


def register(session: Session, **variables: Any) -> dict[str, Any]:
    ordinary: dict[str, Any] = {
        "kvk": KVK,
        "declaration": DECLARATION,
        "company": COMPANY,
        "contact": CONTACT,
        "actor": "medewerker 1",
        "reference": "AB-2026-7K3M9Q",
    }
    return delegates.register_provider(session, **(ordinary | variables))


@pytest.fixture
def offer(session: Session) -> Offer:
    register(session)
    provider = provider_of(session, KVK)
    assert provider is not None
    return create(session, provider, by="medewerker 1")


@pytest.mark.rule("R44")
def test_confirming_registers_the_provider_and_freezes_the_declaration(session: Session) -> None:
    outcome = register(session)

    provider = provider_of(session, KVK)
    assert provider is not None
    assert outcome == {
        "provider_id": str(provider.id),
        "reference": "AB-2026-7K3M9Q",
        "company_known": True,
    }
    assert provider.name == "Voorbeeld B.V."
    assert provider.display_name == "Voorbeeld Scholing"
    declaration = declaration_of(session, KVK)
    assert declaration is not None
    assert declaration.frozen_at == now()
    assert declaration.answers == ANSWERS


def test_a_declaration_that_the_view_recorded_is_not_recorded_again(session: Session) -> None:
    answers: Any = DECLARATION
    recorded = record_answers(session, kvk=KVK, by="medewerker 2", **answers)

    register(session)

    assert recorded.frozen_at is not None
    answered = [e for e in events_of(session, KVK) if e.action == "declaration-answered"]
    assert len(answered) == 1


@pytest.mark.rule("R40")
def test_new_requirements_send_the_provider_back(session: Session) -> None:
    requirement = Requirement(number=1, title="Nieuw", explanation="Iets anders", advice="Doe dat")
    publish_requirements(session, [requirement], by="proceseigenaar")

    with pytest.raises(BpmnError) as error:
        register(session)
    assert error.value.code == "requirements-changed"
    assert provider_of(session, KVK) is None


@pytest.mark.rule("R19")
def test_a_no_registers_nobody(session: Session) -> None:
    declaration = DECLARATION | {"answers": ANSWERS | {"2": "nee"}}

    with pytest.raises(BpmnError):
        register(session, declaration=declaration)
    assert provider_of(session, KVK) is None


def test_nobody_registers_twice(session: Session) -> None:
    register(session)

    with pytest.raises(AlreadyRegisteredError):
        register(session, reference="AB-2026-222222")


def test_a_company_typed_by_hand_is_kept_as_the_providers_own_word(session: Session) -> None:
    company = {
        "known": False,
        "facts": {"name": "Praktijk Zon", "street": "Dorpsstraat", "postcode": "1234AB"},
        "corrections": {"website": "https://zon.voorbeeld.nl"},
        "display_name": "Praktijk Zon",
    }

    assert register(session, company=company)["company_known"] is False

    provider = provider_of(session, KVK)
    assert provider is not None
    assert provider.company == {}
    assert provider.name == "Praktijk Zon"
    assert provider.corrections["street"] == "Dorpsstraat"
    assert provider.corrections["website"] == "https://zon.voorbeeld.nl"


def test_the_registrar_repairs_an_address_and_the_audit_trail_keeps_both(session: Session) -> None:
    provider_id = register(session)["provider_id"]

    delegates.repair_contact_address(
        session, provider_id, {"email": "nieuw@voorbeeld.nl", "note": "gebeld"}, "registrar"
    )

    (event,) = [e for e in events_of(session, KVK) if e.action == "contact-changed"]
    assert event.details == {"contact_email": ["info@voorbeeld.nl", "nieuw@voorbeeld.nl"]}


def test_a_company_that_does_not_exist_is_suspended(session: Session) -> None:
    provider_id = register(session)["provider_id"]
    verdict = {"verdict": "schorsen", "reason": "Dit bedrijf bestaat niet."}

    delegates.apply_assessment(session, provider_id, verdict, "registrar")

    provider = provider_of(session, KVK)
    assert provider is not None
    assert provider.is_suspended
    assert provider.status_reason == "Dit bedrijf bestaat niet."
    (job,) = session.scalars(select(Job))
    assert (job.topic, job.arguments) == ("begin-suspension", {"provider_id": provider_id})


def test_an_offer_goes_through_its_life_by_delegates_alone(session: Session, offer: Offer) -> None:
    changes = {
        "title": "Rekenen",
        "kind": "cursus",
        "contribution": "U leert rekenen.",
        "content": "Drie dagen.",
        "contact_hours": "12",
        "self_study_hours": "3.5",
        "areas": ["vakinhoudelijk"],
        "sectors": ["po", "vo"],
    }
    key = str(offer.id)

    assert delegates.edit_offer(session, key, changes, 1, "medewerker 1") == {
        "changes": None,
        "based_on": None,
    }
    assert offer.self_study_hours == Decimal("3.5")
    delegates.publish_offer(session, key, "medewerker 1")
    assert offer.is_visible(now().date())
    delegates.set_end_date(session, key, "medewerker 1", "2026-11-22")
    assert not offer.is_visible(now().date())
    delegates.delete_offer(session, key, "medewerker 1")
    assert offer.title == ""


def test_an_edit_without_a_known_version_is_refused(session: Session, offer: Offer) -> None:
    with pytest.raises(StaleOfferError):
        delegates.edit_offer(session, str(offer.id), {"title": "Nieuw"}, None, "medewerker 1")


def test_the_diagrams_find_each_delegate_by_its_own_name() -> None:
    for name in ("register_provider", "edit_offer", "publish_offer", "set_end_date"):
        assert DELEGATES[name].perform.__name__ == name
    assert DELEGATES["delete_offer"].parameters == {"offer_id": True, "actor": True}
