"""A process owner changes mails, help and requirements, without a new version of a process."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.web.access import Role
from processes.letters.templates import LETTERS
from processes.register import texts
from processes.register.declarations import (
    current_requirements,
    declaration_of,
    record_answers,
    seed_requirements,
)
from tests.app.offers.offer_world import a_provider
from tests.app.onboarding import Employee, prepare
from tests.app.signing_in import KVK, sign_in
from workers.handlers.mail.letters import contact_notice, registration_confirmed

MAIL = "/processen/teksten/mail/contact-notice"
HELP = "/processen/teksten/hulp/review"
REQUIREMENTS = "/processen/teksten/kwaliteitseisen"
GOOD = {"subject": "Gewijzigd: {aanbieder}", "text": "Beste lezer,\n\nHet kenmerk is {kenmerk}."}


@pytest.fixture(autouse=True)
def owner(app: Flask, client: FlaskClient, session: Session) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    seed_requirements(session)
    session.commit()
    sign_in(app, client, Role.PROCESS_OWNER)


def errors(page: TestResponse) -> list[str]:
    tree: Any = html.fromstring(page.text)
    return [
        " ".join(each.text_content().split()) for each in tree.xpath("//*[@data-error-summary]//li")
    ]


def test_the_overview_names_every_text(client: FlaskClient) -> None:
    page = client.get("/processen/teksten").text
    for letter in LETTERS.values():
        assert letter.title in page
    assert "/processen/teksten/hulp/company-details" in page
    assert "versie 1, met 4 eisen" in page


# -- mails


def test_a_changed_mail_goes_out_with_the_new_text(client: FlaskClient, session: Session) -> None:
    answered = client.post(MAIL, data=GOOD | {"based_on": "0", "note": "Korter"})
    assert answered.status_code == 303
    provider = a_provider(session)

    letter = contact_notice(session, provider.id, "oud@leerkring.test")

    assert letter.subject == "Gewijzigd: De Leerkring"
    assert letter.text.startswith(f"Beste lezer,\n\nHet kenmerk is {provider.reference}.\n")
    assert "UW GEGEVENS" in letter.text
    assert f"<p>Het kenmerk is {provider.reference}.</p>" in letter.html
    assert "geen bericht van de overheid" in letter.html
    assert "Korter" in client.get(MAIL).text


def test_the_default_can_be_put_back(client: FlaskClient, session: Session) -> None:
    client.post(MAIL, data=GOOD | {"based_on": "0"})
    client.post(f"{MAIL}/standaard", data={"based_on": "1"})
    provider = a_provider(session)

    letter = contact_notice(session, provider.id, "oud@leerkring.test")

    assert letter.subject == "De contactpersoon van De Leerkring is gewijzigd"
    assert "Terug naar de standaardtekst" in client.get(MAIL).text


def test_an_earlier_version_can_be_looked_at_and_kept_again(client: FlaskClient) -> None:
    client.post(MAIL, data=GOOD | {"based_on": "0"})
    client.post(MAIL, data=GOOD | {"based_on": "1", "text": "Iets anders."})
    page: Any = html.fromstring(client.get(f"{MAIL}?versie=1").text)
    assert "Beste lezer" in page.xpath("string(//textarea[@name='text'])")
    assert page.xpath("//input[@name='based_on']/@value")[0] == "2"


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"text": "Beste {voornaam}"}, "{voornaam}"),
        ({"text": "Beste {{ config }}"}, "{ config }"),
        ({"text": "Beste {naam"}, "losse accolade"),
        ({"subject": "Voor {contactpersoon}"}, "{contactpersoon}"),
        ({"text": "{contactpersoon}"}, "{contactpersoon}"),
        ({"text": "x" * 5, "subject": "{"}, "losse accolade"),
        ({"text": ""}, "Schrijf een tekst."),
        ({"subject": ""}, "Vul een onderwerp in."),
        ({"text": "x" * 10_001}, "10000 tekens"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_kept(
    client: FlaskClient, session: Session, sent: dict[str, str], error: str
) -> None:
    answered = client.post(MAIL, data=GOOD | {"based_on": "0"} | sent)
    assert answered.status_code == 422
    assert error in " ".join(errors(answered))
    assert texts.history(session, "mail:contact-notice") == []


def test_the_copy_of_the_answers_cannot_be_left_out(client: FlaskClient) -> None:
    address = "/processen/teksten/mail/registration-confirmed"
    sent = {"subject": "Bevestigd", "text": "Het is gelukt, {naam}.", "based_on": "0"}
    answered = client.post(address, data=sent)
    assert answered.status_code == 422
    assert "{antwoorden}, {bedrijfsgegevens}, {contactpersoon}" in errors(answered)[0]


def test_a_table_stands_alone_on_its_line(client: FlaskClient) -> None:
    address = "/processen/teksten/mail/contact-changed"
    sent = {"subject": "Nieuw", "text": "U bent {contactpersoon}.", "based_on": "0"}
    answered = client.post(address, data=sent)
    assert errors(answered) == ["Tekst: Zet een tabel alleen op een regel: {contactpersoon}."]
    assert client.post(address, data=sent | {"text": "{contactpersoon}"}).status_code == 303


def test_a_preview_keeps_nothing_and_shows_markup_as_text(
    client: FlaskClient, session: Session
) -> None:
    sent = GOOD | {"text": "Dag <script>x</script> {kvk}", "wat": "voorbeeld", "based_on": "0"}
    answered = client.post(MAIL, data=sent)
    assert answered.status_code == 200
    assert "Dag &lt;script&gt;x&lt;/script&gt; 68750110" in answered.text
    assert texts.history(session, "mail:contact-notice") == []


def test_of_two_editors_the_second_sees_both_texts(client: FlaskClient, session: Session) -> None:
    client.post(MAIL, data=GOOD | {"based_on": "0"})

    late = client.post(MAIL, data=GOOD | {"based_on": "0", "text": "Mijn eigen tekst."})

    assert late.status_code == 409
    assert "Iemand anders was u voor" in late.text
    assert late.text.count("Beste lezer,") >= 1
    assert "Mijn eigen tekst." in late.text
    assert len(texts.history(session, "mail:contact-notice")) == 1
    again: Any = html.fromstring(late.text)
    based_on = again.xpath("//form[.//textarea]//input[@name='based_on']/@value")[0]
    kept = client.post(MAIL, data=GOOD | {"based_on": based_on, "text": "Mijn eigen tekst."})
    assert kept.status_code == 303


@pytest.mark.parametrize("address", ["mail/onbekend", "hulp/offer", "x/review"])
def test_an_unknown_text_has_no_page(client: FlaskClient, address: str) -> None:
    assert client.get(f"/processen/teksten/{address}").status_code == 404


def test_the_confirmation_still_holds_all_that_was_entered(session: Session) -> None:
    record_answers(
        session,
        kvk=KVK,
        set_version=1,
        answers=dict.fromkeys("1234", "ja"),
        complaints_url="https://scholing.example/klachten",
        by="medewerker 1",
    )
    provider = a_provider(session)
    letter = registration_confirmed(session, provider.id)
    for told in ("KWALITEITSEISEN", "scholing.example/klachten", provider.reference, "Anna"):
        assert told in letter.text
    assert "{" not in letter.text


# -- help


def test_help_is_markdown_at_its_step(app: Flask, client: FlaskClient, session: Session) -> None:
    prepare(session)
    client.post(HELP, data={"text": "Let **goed** op. <b>x</b>", "based_on": "0"})
    assert "<strong>goed</strong>" in client.get(HELP).text
    sign_in(app, client, Role.PROVIDER)
    app.config["WTF_CSRF_ENABLED"] = True

    page = Employee(client).to_review().text

    assert "Hulp bij deze stap" in page
    assert "<strong>goed</strong>" in page
    assert "<b>x" not in page


# -- requirements


def sent_requirements(client: FlaskClient, **changed: str) -> dict[str, str]:
    """What the form on the page sends."""
    page: Any = html.fromstring(client.get(REQUIREMENTS).text)
    form = page.xpath(f"//form[@action='{REQUIREMENTS}']")[0]
    return {name: value or "" for name, value in form.form_values()} | changed


def test_a_new_version_of_the_requirements_leaves_what_was_declared(
    client: FlaskClient, session: Session
) -> None:
    record_answers(
        session,
        kvk=KVK,
        set_version=1,
        answers=dict.fromkeys("1234", "ja"),
        complaints_url=None,
        by="medewerker 1",
    )
    session.commit()

    sent = sent_requirements(client, **{"requirements-0-title": "Ons aanbod is van nu"})
    assert client.post(REQUIREMENTS, data=sent).status_code == 303

    session.expire_all()
    current = current_requirements(session)
    assert (current.version, current.requirements[0].title) == (2, "Ons aanbod is van nu")
    declared = declaration_of(session, KVK)
    assert declared is not None
    assert declared.requirement_set.version == 1
    assert declared.requirement_set.requirements[0].title.startswith("Ons aanbod past bij")


def test_a_requirement_is_added_and_one_is_taken_away(
    client: FlaskClient, session: Session
) -> None:
    gone = {f"requirements-1-{name}": "" for name in ("title", "explanation", "advice")}
    more = client.post(REQUIREMENTS, data=sent_requirements(client) | {"wat": "erbij"})
    assert 'name="requirements-4-title"' in more.text
    new = {f"requirements-4-{name}": "Nieuw" for name in ("title", "explanation", "advice")}

    client.post(REQUIREMENTS, data=sent_requirements(client) | gone | new)

    session.expire_all()
    told = [(each.number, each.title[:10]) for each in current_requirements(session).requirements]
    assert told == [(1, "Ons aanbod"), (2, "Wij bewake"), (3, "Wij hebben"), (4, "Nieuw")]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"requirements-0-explanation": ""}, "Leg de eis uit."),
        ({"requirements-0-title": ""}, "Schrijf de eis op"),
        ({"requirements-0-asks_url": "y"}, "hoogstens één eis"),
        (
            {f"requirements-{n}-{part}": "" for n in range(4)
             for part in ("title", "explanation", "advice")},
            "ten minste één eis",
        ),
    ],
)  # fmt: skip
def test_half_a_requirement_is_refused(
    client: FlaskClient, session: Session, changed: dict[str, str], error: str
) -> None:
    answered = client.post(REQUIREMENTS, data=sent_requirements(client, **changed))
    assert answered.status_code == 422
    assert error in " ".join(errors(answered))
    assert current_requirements(session).version == 1


def test_of_two_editors_of_the_requirements_the_second_sees_both(
    client: FlaskClient, session: Session
) -> None:
    mine = sent_requirements(client, **{"requirements-0-title": "Van mij"})
    theirs = sent_requirements(client, **{"requirements-0-title": "Van een ander"})
    client.post(REQUIREMENTS, data=theirs)

    late = client.post(REQUIREMENTS, data=mine)

    assert late.status_code == 409
    assert "Van mij" in late.text
    assert "Van een ander" in late.text
    session.expire_all()
    assert current_requirements(session).version == 2


def test_an_earlier_version_is_put_back_as_a_new_one(client: FlaskClient, session: Session) -> None:
    client.post(REQUIREMENTS, data=sent_requirements(client, **{"requirements-0-title": "Anders"}))
    page: Any = html.fromstring(client.get(f"{REQUIREMENTS}?versie=1").text)
    form = page.xpath(f"//form[@action='{REQUIREMENTS}']")[0]
    client.post(REQUIREMENTS, data=dict(form.form_values()))
    session.expire_all()
    current = current_requirements(session)
    assert (current.version, current.requirements[0].title[:10]) == (3, "Ons aanbod")
    assert client.get(f"{REQUIREMENTS}?versie=9").status_code == 404


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.TEACHER, Role.REGISTRAR, Role.OPERATOR])
def test_only_owners_change_texts(app: Flask, client: FlaskClient, role: Role) -> None:
    sign_in(app, client, role)
    for address in ("/processen/teksten", MAIL, REQUIREMENTS):
        assert client.get(address).status_code == 403
    assert client.post(MAIL, data=GOOD).status_code == 403
