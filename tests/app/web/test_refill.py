"""What was sent before a login was asked anew stands in its own form again, or it is told."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.auth.sessions import cookie_name
from app.web.access import Role, User
from processes.base import now, set_clock
from processes.engine.execution import instances
from processes.engine.store.models import InstanceStatus, ProcessInstance
from processes.register.providers.people import ProviderUser
from tests.app.offers.offer_world import a_provider
from tests.app.signing_in import sign_in, sign_in_as
from tests.processes.engine.diagrams import define, process, straight, user
from tests.processes.engine.playing import start

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
ANEW, OTHER = "/inloggen/opnieuw", "69599084"
BACK, PARTLY, LOST = (
    "Wat u had ingevuld, staat er weer",
    "Niet alles wat u had ingevuld, staat er weer",
    "Wat u had ingevuld, is niet opgeslagen",
)
CASES = process(straight(user("a"), user("b"), ids=("a", "b")))


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def later(minutes: float) -> None:
    set_clock(at(now() + timedelta(minutes=minutes)))


@pytest.fixture(autouse=True)
def _clock(app: Flask) -> Iterator[None]:
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    set_clock(None)


class Browser:
    """One browser of one user: sends forms late, and logs in anew."""

    def __init__(self, app: Flask, client: FlaskClient, who: User) -> None:
        self.app, self.client, self.who = app, client, who

    def sent_late(self, page: str, to: str, **data: Any) -> str:
        """Where the login leads to."""
        later(16)
        headers = {"Referer": f"http://localhost{page}"}
        answer = self.client.post(to, data=data, headers=headers)
        asked = urlsplit(str(answer.location))
        assert (answer.status_code, asked.path) == (303, ANEW)
        return parse_qs(asked.query)["next"][0]

    def logged_in_anew(self) -> None:
        name = cookie_name(self.app.config["LOKET_SETTINGS"])
        token = self.client.get_cookie(name)
        assert token is not None
        sign_in_as(self.app, self.client, self.who, {name: token.value})

    def came_back(self, page: str, to: str, **data: Any) -> html.HtmlElement:
        """The page after the form was sent late, and after logging in anew."""
        address = self.sent_late(page, to, **data)
        self.logged_in_anew()
        return self.page(address)

    def page(self, address: str) -> html.HtmlElement:
        answer = self.client.get(address, follow_redirects=True)
        assert answer.status_code == 200
        return html.document_fromstring(answer.text)

    def send(self, form: html.FormElement, **changed: str) -> Any:
        """Send this form of a page as a browser does."""
        data = dict(form.form_values()) | changed
        return self.client.post(form.get("action"), data=data)


def form_to(page: html.HtmlElement, action: str) -> html.FormElement:
    (form,) = (each for each in page.forms if each.get("action") == action)
    return form


def notes(page: html.HtmlElement) -> list[str]:
    text = page.text_content()
    return [each for each in (PARTLY, BACK, LOST) if each in text]


@pytest.fixture
def operator(app: Flask, client: FlaskClient) -> Browser:
    return Browser(app, client, sign_in(app, client, Role.OPERATOR))


@pytest.fixture
def case(session: Session) -> ProcessInstance:
    one = start(session, CASES, uren=3)
    session.commit()
    return one


def another(session: Session, key: str) -> None:
    instances.start_process(session, "p", business_key=key, variables={}, started_by="test")


def test_a_right_stands_in_the_row_of_the_person_that_it_was_chosen_for(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    a_provider(session)
    chief = sign_in(app, client, Role.PROVIDER)
    for each in "bcd":
        sign_in(app, app.test_client(), Role.PROVIDER, employee=each * 64)
    session.execute(update(ProviderUser).where(ProviderUser.id != chief.id).values(right="lezer"))
    session.commit()
    third = session.scalars(select(ProviderUser).filter_by(subject="d" * 64)).one()
    action = f"/bedrijf/mensen/{third.id}/recht"
    page = Browser(app, client, chief).came_back("/bedrijf/mensen", action, right="beheerder")
    chosen = {
        form.get("action"): form.xpath(".//option[@selected]/@value")
        for form in page.xpath("//form[contains(@action, '/recht')]")
    }
    assert chosen.pop(action) == ["beheerder"]
    assert [each for each in chosen.values() if each == ["beheerder"]] == [["beheerder"]]  # chief
    assert notes(page) == [BACK]
    assert page.xpath("//table//*[contains(@class, 'alert')]") == []


def test_a_number_stands_in_the_form_of_its_own_act(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    provider = a_provider(session)
    registrar = Browser(app, client, sign_in(app, client, Role.REGISTRAR))
    address = f"/register/{provider.id}/kvk-nummer"
    merged = {"new_kvk": OTHER}
    page = registrar.came_back(address, f"{address}/samenvoegen", **merged)
    shown = {
        act: form_to(page, f"{address}/{act}").xpath(".//input[@name='new_kvk']/@value")
        for act in ("overzetten", "samenvoegen")
    }
    assert shown == {"overzetten": [""], "samenvoegen": [OTHER]}
    assert notes(page) == [BACK]


def test_a_page_that_answered_a_form_leads_back_to_the_page_above_it(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    provider = a_provider(session)
    registrar = Browser(app, client, sign_in(app, client, Role.REGISTRAR))
    address = f"/register/{provider.id}/kvk-nummer"
    wrong = f"{address}/samenvoegen"  # what stood there was refused, and is sent again
    page = registrar.came_back(wrong, wrong, new_kvk=OTHER)
    assert form_to(page, wrong).xpath(".//input[@name='new_kvk']/@value") == [OTHER]


@pytest.mark.parametrize("is_all", [True, False])
@pytest.mark.usefixtures("case")
def test_the_cases_that_were_ticked_and_the_reason_come_back(
    operator: Browser, session: Session, *, is_all: bool
) -> None:
    for number in (1, 2):
        another(session, f"k{number}")
    session.commit()
    ids = [str(each) for each in session.scalars(select(ProcessInstance.id))]
    chosen = "alle=ja" if is_all else "&".join(f"zaak={each}" for each in ids)
    asked = f"/beheer/processen/wijzigen?wat=stilzetten&{chosen}"
    form = form_to(operator.page(asked), "/beheer/processen/wijzigen")
    sent: dict[str, Any] = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    page = operator.came_back(asked, "/beheer/processen/wijzigen", **sent | {"reason": "storing"})
    assert notes(page) == [BACK]
    form = form_to(page, "/beheer/processen/wijzigen")
    assert form.xpath(".//textarea[@name='reason']")[0].text.strip() == "storing"
    values: dict[str, Any] = {}
    for name, value in form.form_values():
        values.setdefault(name, []).append(value)
    operator.client.post("/beheer/processen/wijzigen", data=values)
    session.expire_all()
    states = set(session.scalars(select(ProcessInstance.status)))
    assert states == {InstanceStatus.SUSPENDED}


def test_all_cases_of_a_filter_are_counted_against_what_was_seen(
    operator: Browser, session: Session, case: ProcessInstance
) -> None:
    asked = "/beheer/processen/wijzigen?wat=stilzetten&alle=ja"
    form = form_to(operator.page(asked), "/beheer/processen/wijzigen")
    sent = dict(form.form_values()) | {"reason": "storing"}
    another(session, "nog een")
    session.commit()
    page = operator.came_back(asked, "/beheer/processen/wijzigen", **sent)
    answer = operator.send(form_to(page, "/beheer/processen/wijzigen"))
    assert "Het aantal zaken is intussen veranderd." in answer.text
    session.expire_all()
    assert session.get_one(ProcessInstance, case.id).status is InstanceStatus.ACTIVE


def test_who_sends_a_page_of_errors_again_is_told_to_choose_the_cases_anew(
    operator: Browser, case: ProcessInstance
) -> None:
    address = "/beheer/processen/wijzigen"  # which answered that there was no reason
    sent = {"wat": "stilzetten", "zaak": str(case.id), "reason": "storing"}
    page = operator.came_back(address, address, **sent)
    assert "Kies eerst een of meer zaken." in page.text_content()


def test_the_version_that_was_chosen_is_the_one_that_comes_back(
    operator: Browser, session: Session, case: ProcessInstance
) -> None:
    for _ in range(2):
        define(session, CASES)
    session.commit()
    address = f"/beheer/processen/{case.id}/versie"
    sent = {"naar": "2", "reason": "alleen deze", "action": "migrate"}
    page = operator.came_back(f"{address}?naar=2", f"{address}?naar=2", **sent)
    assert page.xpath("//input[@name='naar']/@value") == ["2"]
    assert page.xpath("//textarea[@name='reason']")[0].text.strip() == "alleen deze"
    assert notes(page) == [BACK]
    other = operator.page(address)
    assert other.xpath("//input[@name='naar']/@value") == ["3"]
    assert notes(other) == []


def test_nothing_is_filled_in_where_the_page_is_about_another_version_now(
    operator: Browser, session: Session, case: ProcessInstance
) -> None:
    for _ in range(2):
        define(session, CASES)
    session.commit()
    address = f"/beheer/processen/{case.id}/versie"
    sent = {"naar": "2", "reason": "alleen deze", "action": "migrate"}
    page = operator.came_back(address, address, **sent)
    assert page.xpath("//input[@name='naar']/@value") == ["3"]
    assert "alleen deze" not in page.text_content()
    assert notes(page) == [LOST]


def test_a_case_that_moved_on_is_still_refused_after_the_login(
    operator: Browser, session: Session, case: ProcessInstance
) -> None:
    address = f"/beheer/processen/{case.id}/gegevens/wijzigen?naam=uren"
    stand = operator.page(address).xpath("//input[@name='stand']/@value")[0]
    session.execute(
        update(ProcessInstance)
        .where(ProcessInstance.id == case.id)
        .values(row_version=ProcessInstance.row_version + 1)
    )
    session.commit()
    sent = {"stand": stand, "name": "uren", "kind": "keep", "value": "4", "reason": "telfout"}
    page = operator.came_back(address, address, **sent)
    assert notes(page) == [BACK]
    (form,) = (each for each in page.forms if "stand" in each.fields)
    assert form.xpath(".//input[@name='stand']/@value") == [stand]
    answer = operator.client.post(address, data=dict(form.form_values()))
    assert (answer.status_code, "De zaak is intussen verder gegaan" in answer.text) == (422, True)


def test_each_of_two_tabs_gets_its_own_form_back(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    providers = [a_provider(session), a_provider(session, kvk=OTHER)]
    registrar = Browser(app, client, sign_in(app, client, Role.REGISTRAR))
    pages = [f"/register/{each.id}" for each in providers]
    for number, page in enumerate(pages):
        registrar.sent_late(page, f"{page}/schorsen", reason=f"reden {number}")
    registrar.logged_in_anew()
    for number, page in enumerate(pages):
        shown = registrar.page(page)
        assert shown.xpath("//textarea[@name='reason']")[0].text.strip() == f"reden {number}"
        assert notes(shown) == [BACK]
    headers = {"Referer": f"http://localhost{pages[0]}"}
    client.post(f"{pages[0]}/schorsen", data={"reason": "reden 0"}, headers=headers)
    assert [notes(registrar.page(each)) for each in pages] == [[], [BACK]]


def test_what_is_too_much_to_keep_is_told(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    address = f"/register/{a_provider(session).id}"
    registrar = Browser(app, client, sign_in(app, client, Role.REGISTRAR))
    registrar.sent_late(address, f"{address}/schorsen", reason="Eerst")
    page = registrar.came_back(address, f"{address}/schorsen", reason="x" * 100_001)
    assert notes(page) == [LOST]
    assert "te veel" in page.text_content()
    (below_heading,) = page.xpath("//main//h1/following-sibling::*[1]")
    assert LOST in below_heading.text_content()
    assert "Eerst" not in page.text_content()
    assert page.xpath("//textarea[@name='reason']")[0].text in (None, "", "\n")


def test_files_are_told_by_name(app: Flask, client: FlaskClient) -> None:
    who = sign_in(app, client, Role.TEACHER)
    set_clock(at(now() + timedelta(minutes=31)))
    headers = {"Referer": "http://localhost/portfolio/eigen"}
    data = {"title": "Lezen", "kind": "zelfstudie", "files": (BytesIO(b"x"), "bewijs.pdf")}
    client.post("/portfolio/eigen", data=data, headers=headers)
    browser = Browser(app, client, who)
    browser.logged_in_anew()
    page = browser.page("/portfolio/eigen")
    assert notes(page)[0] == PARTLY
    assert "bewijs.pdf" in page.text_content()


def test_what_was_seen_is_not_taken_away_from_a_form_that_said_nothing_of_it(
    operator: Browser, case: ProcessInstance
) -> None:
    address = f"/beheer/processen/{case.id}/gegevens/wijzigen?naam=uren"
    stand = operator.page(address).xpath("//input[@name='stand']/@value")
    page = operator.came_back(address, address, name="uren", kind="keep", value="4", reason="x")
    assert page.xpath("//input[@name='stand']/@value") == stand != [""]
