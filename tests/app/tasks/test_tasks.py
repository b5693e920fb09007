"""The registration through its pages: steps, drafts, concurrency, confirmation, contact."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.sessions import cookie_name
from app.web.access import Role, User
from processes.base import now, set_clock
from processes.engine.execution.instances import variables
from processes.engine.store.models import InstanceStatus, Job, ProcessInstance
from processes.platform.settings import Settings
from processes.register.changes import AuditEvent
from processes.register.declarations import Declaration, Requirement, publish_requirements
from processes.register.mail import MailStatus, OutgoingMail
from processes.register.providers.providers import Provider, TradeRegisterExtract, suspend
from tests.app.onboarding import (
    CONTACT,
    DECLARATION,
    Employee,
    chosen,
    field,
    heading,
    prepare,
    step_address,
)
from tests.app.signing_in import sign_in, sign_in_as, user_with


@pytest.fixture
def employee(app: Flask, client: FlaskClient, session: Session) -> Employee:
    prepare(session)
    sign_in(app, client, Role.PROVIDER)
    return Employee(client)


def test_a_registration_goes_through_its_steps(employee: Employee) -> None:
    page = employee.begin()
    assert heading(page) == "Voldoet u aan de kwaliteitseisen?"
    page = employee.answer(page, DECLARATION)
    assert heading(page) == "Bedrijfsgegevens en contactpersoon"
    assert "Test BV Donald" in page.text
    page = employee.answer(page, {**chosen(page), **CONTACT, "next": "review"})
    assert heading(page) == "Controleer uw aanmelding"
    assert "noor@scholing.example" in page.text
    page = employee.answer(page, {})
    assert heading(page) == "Uw aanmelding is bevestigd"
    assert "nog niet verzonden" in page.text


def trail(session: Session, action: str) -> list[AuditEvent]:
    query = select(AuditEvent).filter_by(action=action).order_by(AuditEvent.at)
    return list(session.scalars(query))


def colleague(app: Flask) -> Employee:
    browser = app.test_client()
    sign_in(app, browser, Role.PROVIDER, employee="b" * 64)
    return Employee(browser)


@pytest.mark.rule("R5", "R6")
def test_the_welcome_says_whether_the_older_register_knows_the_company(
    employee: Employee,
) -> None:
    page = employee.open("/aanmelding")
    assert "staat niet in het oude register" in page.text
    assert "nieuwe aanbieder" in page.text


def test_looking_at_the_welcome_starts_nothing(employee: Employee, session: Session) -> None:
    employee.open("/aanmelding")
    assert session.scalars(select(ProcessInstance)).all() == []


@pytest.mark.rule("R39")
def test_an_unanswered_requirement_keeps_the_page_with_what_was_answered(
    employee: Employee,
) -> None:
    page = employee.begin()
    page = employee.answer(page, {"requirement_1": "ja"})
    assert page.status_code == 422
    assert page.text.count("Kies ja of nee bij eis") == 6  # three in the summary, three at fields
    assert chosen(page) == {"requirement_1": "ja"}


@pytest.mark.rule("R13", "R19")
def test_a_no_leads_to_an_explanation_and_back(employee: Employee, session: Session) -> None:
    page = employee.answer(employee.begin(), {**DECLARATION, "requirement_2": "nee"})
    assert heading(page) == "U voldoet nog niet aan alle eisen"
    assert "Wat u kunt doen" in page.text
    page = employee.answer(page, {})
    assert heading(page) == "Voldoet u aan de kwaliteitseisen?"
    assert chosen(page)["requirement_2"] == "nee"
    page = employee.answer(page, DECLARATION)
    assert heading(page) == "Bedrijfsgegevens en contactpersoon"
    answers = session.scalars(select(Declaration.answers).order_by(Declaration.answered_at)).all()
    assert [given["2"] for given in answers] == ["nee", "ja"]


def test_going_back_moves_the_process_and_keeps_what_was_typed(employee: Employee) -> None:
    page = employee.to_company()
    page = employee.answer(page, {**CONTACT, "contact_phone": "nog vragen", "next": "back"})
    assert heading(page) == "Voldoet u aan de kwaliteitseisen?"
    assert chosen(page)["requirement_4"] == "ja"
    page = employee.answer(page, DECLARATION)
    assert field(page, "contact_email") == CONTACT["contact_email"]
    assert field(page, "contact_phone") == "nog vragen"


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ("requirements", "Voldoet u aan de kwaliteitseisen?"),
        ("company", "Bedrijfsgegevens en contactpersoon"),
    ],
)
def test_the_review_leads_to_what_should_change(employee: Employee, change: str, step: str) -> None:
    page = employee.answer(employee.to_review(), {"change": change})
    assert heading(page) == step


@pytest.mark.rule("R11", "R16")
def test_a_step_that_was_confirmed_before_shows_its_answers(employee: Employee) -> None:
    page = employee.answer(employee.to_review(), {"change": "company"})
    assert field(page, "contact_email") == CONTACT["contact_email"]
    assert chosen(page)["display_name"] == "Test BV Donald"


def test_confirming_registers_the_provider_and_starts_the_work(
    employee: Employee, session: Session
) -> None:
    page = employee.register()
    provider = session.scalars(select(Provider)).one()
    assert provider.reference in page.text
    assert provider.company["name"] == "Test BV Donald"
    assert provider.company_known
    assert session.scalars(select(Declaration)).one().frozen_at
    topics = set(session.scalars(select(Job.topic)))
    assert topics == {"send-confirmation", "migrate-offers"}
    assert [event.details["element"] for event in trail(session, "task-completed")] == [
        "quality_requirements",
        "company_details",
        "review",
    ]


def test_the_confirmation_is_a_copy_of_what_was_entered(employee: Employee) -> None:
    page = employee.register()
    for fact in ("857587973", "Noor de Wit", "https://www.scholing.example/klachten", "Lollum"):
        assert fact in page.text


@pytest.mark.rule("R12")
def test_after_the_registration_there_is_nothing_to_begin(
    employee: Employee, session: Session
) -> None:
    page = employee.register()
    assert heading(employee.open("/aanmelding")) == "Uw aanmelding is bevestigd"
    employee.press(page, "/aanmelding", {})
    assert len(session.scalars(select(ProcessInstance)).all()) == 1


def test_fields_of_nobody_become_no_variables(employee: Employee, session: Session) -> None:
    page = employee.begin()
    sent = {**DECLARATION, "kvk": "00000000", "actor": "iemand", "status": "x", "approved": "1"}
    employee.answer(page, sent)
    instance = session.scalars(select(ProcessInstance)).one()
    given = variables(session, instance)
    assert given["kvk"] == "68750110"
    assert given["actor"] == "medewerker 1"
    assert not {"status", "approved", "requirement_1", "csrf_token"} & set(given)


@pytest.mark.rule("R11")
def test_later_keeps_a_half_filled_form(employee: Employee, session: Session) -> None:
    page = employee.to_company()
    page = employee.answer(page, {"contact_name": "Noor", "contact_email": "nog", "later": "1"})
    assert heading(page) == "Uw antwoorden zijn bewaard"
    page = employee.open("/aanmelding")
    assert field(page, "contact_email") == "nog"
    assert "Laatst bewerkt op" in page.text
    assert "door medewerker 1" in page.text
    assert session.scalars(select(Provider)).all() == []


@pytest.mark.rule("R17")
def test_what_is_typed_is_kept_while_typing(employee: Employee) -> None:
    page = employee.to_company()
    address = step_address(page)
    kept = employee.press(page, f"{address}/concept", {"contact_name": "Noor", "next": "review"})
    assert kept.status_code == 200
    assert kept.text.startswith("Bewaard op")
    assert field(employee.open(address), "contact_name") == "Noor"


@pytest.mark.rule("R4", "R14")
def test_a_colleague_finishes_and_the_first_tab_is_told(app: Flask, employee: Employee) -> None:
    stale = employee.to_company()
    other = colleague(app)
    page = other.open("/aanmelding")
    assert heading(page) == "Bedrijfsgegevens en contactpersoon"
    other.answer(page, {**chosen(page), **CONTACT, "next": "review"})
    page = employee.answer(stale, {"contact_name": "Mijn <eigen> tekst", "next": "review"})
    assert page.status_code == 409
    assert heading(page) == "Deze stap is al afgerond"
    assert "medewerker 2" in page.text
    assert CONTACT["contact_email"] in page.text
    assert "Mijn &lt;eigen&gt; tekst" in page.text


@pytest.mark.rule("R15")
def test_a_double_click_counts_once(employee: Employee, session: Session) -> None:
    page = employee.to_review()
    first = employee.press(page, step_address(page), {}, follow=False)
    second = employee.press(page, step_address(page), {}, follow=False)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert len(session.scalars(select(Job).filter_by(topic="send-confirmation")).all()) == 1
    completed = [event.details["element"] for event in trail(session, "task-completed")]
    assert completed.count("review") == 1


@pytest.mark.rule("R16")
def test_a_link_to_a_step_that_is_done_leads_to_the_open_one(employee: Employee) -> None:
    first = step_address(employee.begin())
    employee.answer(employee.open(first), DECLARATION)
    assert heading(employee.open(first)) == "Bedrijfsgegevens en contactpersoon"


def test_a_registration_that_an_operator_suspended_waits(
    employee: Employee, session: Session
) -> None:
    address = step_address(employee.begin())
    session.scalars(select(ProcessInstance)).one().status = InstanceStatus.SUSPENDED
    session.commit()
    for page in (employee.open("/aanmelding"), employee.open(address)):
        assert heading(page) == "Wij verwerken uw aanmelding"


@pytest.mark.rule("R62")
def test_the_step_of_another_company_does_not_exist(
    app: Flask, employee: Employee, session: Session
) -> None:
    page = employee.begin()
    address = step_address(page)
    stranger = app.test_client()
    sign_in(app, stranger, Role.PROVIDER, kvk="69599084")
    assert stranger.get(address).status_code == 404
    for suffix in ("", "/concept"):
        token = field(stranger.get("/contact"), "csrf_token")
        sent = stranger.post(f"{address}{suffix}", data={"csrf_token": token, **DECLARATION})
        assert sent.status_code == 404
    registrar = app.test_client()
    sign_in(app, registrar, Role.REGISTRAR)
    assert registrar.get(address).status_code == 404
    denied = trail(session, "access-denied")
    assert [event.kvk for event in denied] == ["69599084", "69599084", "69599084", None]


@pytest.mark.rule("R42")
def test_an_unknown_company_types_its_details(app: Flask, session: Session) -> None:
    prepare(session)
    browser = app.test_client()
    sign_in(app, browser, Role.PROVIDER, kvk="90004973")
    employee = Employee(browser)
    page = employee.to_company()
    assert "niet in het handelsregister" in page.text
    typed = {
        "name": "Zelf Getypt",
        "street": "Dam",
        "house_number": "1",
        "postcode": "1012jl",
        "city": "Amsterdam",
    }
    page = employee.answer(page, {**typed, **CONTACT, "next": "review"})
    assert "1012 JL Amsterdam" in page.text
    employee.answer(page, {})
    provider = session.scalars(select(Provider)).one()
    assert not provider.company_known
    assert provider.name == "Zelf Getypt"
    topics = set(session.scalars(select(Job.topic)))
    assert "check-trade-register" in topics


@pytest.mark.rule("R42")
def test_a_trade_register_that_is_away_does_not_stop_anybody(
    app: Flask, employee: Employee, settings: Settings
) -> None:
    app.config["LOKET_SETTINGS"] = settings.model_copy(update={"kvk_api_url": "http://127.0.0.1:1"})
    page = employee.to_company()
    assert page.status_code == 200
    assert "geeft nu geen antwoord" in page.text


def test_the_trade_register_is_asked_once(employee: Employee, session: Session) -> None:
    employee.to_company()
    asked = session.scalars(select(TradeRegisterExtract.asked_at)).one()
    employee.open("/aanmelding")
    assert session.scalars(select(TradeRegisterExtract.asked_at)).one() == asked


@pytest.mark.rule("R55")
def test_a_branch_may_not_declare_for_the_whole_company(app: Flask, session: Session) -> None:
    prepare(session)
    browser = app.test_client()
    sign_in_as(app, browser, user_with(app, Role.PROVIDER, branch="000037178601"))
    page = browser.get("/aanmelding")
    assert (page.status_code, heading(page)) == (403, "Uw machtiging geldt voor één vestiging")
    token = field(page, "csrf_token")
    assert browser.post("/aanmelding", data={"csrf_token": token}).status_code == 403
    assert session.scalars(select(ProcessInstance)).all() == []


@pytest.mark.rule("R55")
def test_the_only_branch_may_declare(app: Flask, session: Session) -> None:
    prepare(session)
    browser = app.test_client()
    user = user_with(app, Role.PROVIDER, kvk="69599084", branch="000038509504")
    sign_in_as(app, browser, user)
    assert browser.get("/aanmelding").status_code == 200


@pytest.mark.rule("R40")
def test_changed_requirements_must_be_answered_anew(employee: Employee, session: Session) -> None:
    page = employee.to_review()
    requirements = [Requirement(number=1, title="Nieuw", explanation="x", advice="y")]
    publish_requirements(session, requirements, by="proceseigenaar")
    session.commit()
    page = employee.answer(page, {})
    assert heading(page) == "Voldoet u aan de kwaliteitseisen?"
    assert "De eisen zijn veranderd" in page.text
    assert chosen(page) == {}
    assert session.scalars(select(Provider)).all() == []


@pytest.mark.rule("R17")
def test_what_was_sent_after_the_session_ended_comes_back_after_the_login(
    app: Flask, employee: Employee
) -> None:
    page = employee.to_company()
    address = step_address(page)
    later = now() + timedelta(minutes=31)
    set_clock(lambda: later)
    sent = employee.client.post(
        address,
        data={
            "csrf_token": field(page, "csrf_token"),
            "contact_name": "Noor",
            "contact_email": "noor@",
        },
    )
    assert sent.location == f"/inloggen?next={address}&afgelopen=True"
    user = user_with(app, Role.PROVIDER)
    log_in_again(app, employee, user)
    page = employee.open(address)
    assert "Wat u had ingevuld, staat er weer" in page.text
    assert field(page, "contact_name") == "Noor"
    assert field(page, "contact_email") == "noor@"
    page = employee.answer(page, {**chosen(page), **CONTACT, "next": "review"})
    assert heading(page) == "Controleer uw aanmelding"


def test_what_was_sent_too_late_is_not_for_another_company(app: Flask, employee: Employee) -> None:
    page = employee.to_company()
    later = now() + timedelta(minutes=31)
    set_clock(lambda: later)
    token = field(page, "csrf_token")
    employee.client.post(step_address(page), data={"csrf_token": token, "contact_name": "Geheim"})
    log_in_again(app, employee, user_with(app, Role.PROVIDER, kvk="69599084"))
    assert "Geheim" not in employee.open("/aanmelding").text


def log_in_again(app: Flask, employee: Employee, user: User) -> None:
    """As the way back from the login provider does: in the same browser."""
    name = cookie_name(app.config["LOKET_SETTINGS"])
    former = employee.client.get_cookie(name)
    assert former
    sign_in_as(app, employee.client, user, cookies={name: former.value})


def test_who_confirms_second_reads_that_it_is_done(app: Flask, employee: Employee) -> None:
    first = employee.to_review()
    other = colleague(app)
    second = other.open("/aanmelding")
    employee.answer(first, {})
    page = other.answer(second, {})
    assert page.status_code == 409
    assert "U hoeft dit niet nog een keer te doen" in page.text
    assert "Er zijn geen antwoorden" not in page.text
    assert "Is uw versie beter" not in page.text


# After the registration


@pytest.mark.rule("R45d")
def test_changing_the_address_tells_both(employee: Employee, session: Session) -> None:
    employee.register()
    page = employee.open("/bedrijf")
    page = employee.press(page, "/bedrijf", {**CONTACT, "contact_email": "nieuw@scholing.example"})
    assert "De contactpersoon is gewijzigd" in page.text
    provider = session.scalars(select(Provider)).one()
    session.refresh(provider)
    assert provider.contact_email == "nieuw@scholing.example"
    jobs = {job.topic: job.arguments for job in session.scalars(select(Job))}
    assert jobs["send-contact-notice"]["recipient"] == CONTACT["contact_email"]
    assert "send-contact-changed" in jobs
    (event,) = trail(session, "contact-changed")
    assert event.details["contact_email"] == [CONTACT["contact_email"], "nieuw@scholing.example"]


def test_a_wrong_address_is_refused_and_stays_on_the_page(employee: Employee) -> None:
    employee.register()
    page = employee.press(
        employee.open("/bedrijf"), "/bedrijf", {**CONTACT, "contact_email": "a@b.nl, c@d.nl"}
    )
    assert page.status_code == 422
    assert field(page, "contact_email") == "a@b.nl, c@d.nl"


def test_the_profile_can_be_changed_after_the_registration_and_keeps_its_history(
    employee: Employee, session: Session
) -> None:
    employee.register()
    page = employee.open("/bedrijf")
    assert "naam in de catalogus:" not in page.text
    sent = {
        **chosen(page),
        "corrected_name": "Donald Scholing",
        "corrected_address": "Dorpsstraat 1, Ons Dorp",
        "website": "https://donald.example/scholing",
    }
    page = employee.press(page, "/bedrijf/gegevens", sent)
    assert "De bedrijfsgegevens zijn gewijzigd" in page.text
    provider = session.scalars(select(Provider)).one()
    session.refresh(provider)
    assert provider.display_name == "Donald Scholing"
    assert provider.corrections == {
        "name": "Donald Scholing",
        "address": "Dorpsstraat 1, Ons Dorp",
        "website": "https://donald.example/scholing",
    }
    assert provider.company["name"] == "Test BV Donald"
    assert "naam in de catalogus: Test BV Donald → Donald Scholing" in page.text
    assert "website: leeg → https://donald.example/scholing" in page.text
    assert field(page, "website") == "https://donald.example/scholing"
    page = employee.press(page, "/bedrijf/gegevens", chosen(page))  # the corrections taken away
    session.refresh(provider)
    assert (provider.display_name, provider.corrections) == ("Test BV Donald", {})
    assert len(trail(session, "company-changed")) == 2


def test_a_profile_that_is_not_right_is_told_and_stays_on_the_page(employee: Employee) -> None:
    employee.register()
    page = employee.open("/bedrijf")
    sent = {**chosen(page), "website": "geen site", "corrected_address": "Dorpsstraat 1"}
    page = employee.press(page, "/bedrijf/gegevens", sent)
    assert page.status_code == 422
    assert field(page, "website") == "geen site"
    assert field(page, "corrected_address") == "Dorpsstraat 1"
    assert field(page, "contact_email") == CONTACT["contact_email"]


def test_a_company_that_typed_its_details_changes_all_of_them(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    prepare(session)
    sign_in(app, client, Role.PROVIDER, kvk="90004973")  # the trade register gives an error
    employee = Employee(client)
    typed = {
        "name": "Weg van de kaart",
        "street": "Laan",
        "house_number": "1",
        "postcode": "1234 AB",
        "city": "Stad",
    }
    employee.answer(employee.answer(employee.to_company(), {**typed, **CONTACT}), {})
    page = employee.open("/bedrijf")
    assert field(page, "street") == "Laan"
    changed = {**typed, "name": "Terug op de kaart", "street": "Straat"}
    page = employee.press(page, "/bedrijf/gegevens", changed)
    provider = session.scalars(select(Provider)).one()
    session.refresh(provider)
    assert (provider.name, provider.display_name) == ("Terug op de kaart", "Terug op de kaart")
    assert provider.corrections["street"] == "Straat"
    assert "straat: Laan → Straat" in page.text


@pytest.mark.rule("R45e")
def test_the_confirmation_is_sent_again_at_most_three_times_an_hour(
    employee: Employee, session: Session
) -> None:
    page = employee.register()
    for _ in range(5):
        page = employee.press(page, "/aanmelding/bevestigd/opnieuw", {})
    jobs = session.scalars(select(Job).filter_by(topic="send-confirmation-again")).all()
    assert len(jobs) == 3
    assert "drie keer per uur" in page.text


def test_a_refused_address_is_told(employee: Employee, session: Session) -> None:
    employee.register()
    session.add(
        OutgoingMail(
            key="x",
            kvk="68750110",
            kind="registration-confirmed",
            recipient=CONTACT["contact_email"],
            message_id="<x@loket.example>",
            subject="x",
            text="x",
            html="x",
            status=MailStatus.REFUSED,
        )
    )
    session.commit()
    assert "neemt noor@scholing.example niet aan" in employee.open("/aanmelding/bevestigd").text
    assert "Onze e-mail kwam niet aan" in employee.open("/bedrijf").text


def test_a_suspended_provider_only_looks(employee: Employee, session: Session) -> None:
    employee.register()
    suspend(session, session.scalars(select(Provider)).one(), "Niet te vinden.", by="registrar")
    session.commit()
    page = employee.open("/bedrijf")
    assert "Niet te vinden." in page.text
    assert "bezwaar maken tot en met" in page.text
    assert "zes weken" in employee.open("/bezwaar").text
    for address, typed in (("/bedrijf", CONTACT), ("/bedrijf/gegevens", {"website": "kring.nl"})):
        answer = employee.press(page, address, typed)
        assert answer.status_code == 403
        assert "Uw registratie is geschorst" in answer.text
        assert "Niet te vinden." in answer.text
        assert "Lees hoe u bezwaar maakt" in answer.text
        assert next(iter(typed.values())) in answer.text
    for address in ("/koppelingen", "/koppelingen/webhooks/nieuw"):
        assert "Niet te vinden." in employee.press(page, address, {"name": "Planning"}).text


@pytest.mark.parametrize(
    ("address", "told"), [("/aanbod", "uw aanbod beheren"), ("/bedrijf", "uw gegevens wijzigen")]
)
def test_the_menu_says_before_the_registration_why_it_leads_there(
    app: Flask, client: FlaskClient, session: Session, address: str, told: str
) -> None:
    prepare(session)
    sign_in(app, client, Role.PROVIDER)
    page = client.get(address, follow_redirects=True)
    assert page.request.path == "/aanmelding"
    assert f"Meld uw organisatie eerst aan. Daarna kunt u {told}." in page.text
