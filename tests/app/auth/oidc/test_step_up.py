"""A sensitive change asks a login of a short while ago, and nothing that was typed is lost."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.auth import anew
from app.auth.attempts import LoginFaultError
from app.auth.claims import ACTING_SUBJECT
from app.web.access import Role, User, roles_of
from app.web.kept_forms import LONGEST_ADDRESS, LONGEST_IN_ADDRESS
from processes.base import now, set_clock
from processes.platform.levels import URN
from processes.register.providers.people import Invitation, Right
from processes.register.providers.web_sessions import WebSession
from tests.app.auth.oidc.issuer import CLAIMS, KVK, Claims, TestIssuer
from tests.app.auth.oidc.test_attacks import begin, bring
from tests.app.offers.offer_world import a_provider
from tests.app.signing_in import sign_in_as

ANEW = "/inloggen/opnieuw"
LIST = Path(__file__).parents[4] / "docs/security/step-up.md"
PEOPLE = "/bedrijf/mensen"
TYPED = {"email": "noor@example.nl", "right": "beheerder"}

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def later(minutes: float) -> None:
    set_clock(at(now() + timedelta(minutes=minutes)))


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    yield
    set_clock(None)


@pytest.fixture
def _without_tokens(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def administrator(client: FlaskClient, session: Session, issuer: TestIssuer) -> FlaskClient:
    """Who logged in first for a registered company."""
    a_provider(session, kvk=KVK)
    issuer.claims = CLAIMS | {"auth_time": int(now().timestamp())}
    bring(client, issuer.authorize(begin(client)))
    return client


def invite(client: FlaskClient) -> TestResponse:
    token = html.fromstring(client.get(PEOPLE).text).xpath("//input[@name='csrf_token']/@value")[0]
    return client.post(
        f"{PEOPLE}/uitnodigen",
        data={"csrf_token": token, **TYPED},
        headers={"Referer": f"http://localhost{PEOPLE}"},
    )


def invitations(session: Session) -> list[str]:
    return list(session.scalars(select(Invitation.email)))


def fields_of(page: str) -> dict[str, str]:
    """The fields of the form that leads to the provider."""
    (form,) = html.fromstring(page).xpath("//main//form")
    return {str(each.get("name")): str(each.get("value")) for each in form.xpath(".//input")}


def log_in_anew(client: FlaskClient, issuer: TestIssuer, asked: str, **claims: object) -> str:
    """What comes of the button on the page that asks for a login."""
    begun = client.post("/inloggen", data=fields_of(client.get(asked).text))
    issuer.claims = CLAIMS | {"auth_time": int(now().timestamp())} | claims
    answer = bring(client, issuer.authorize(str(begun.location)))
    return str(answer.location or answer.status_code)


def test_a_recent_login_is_enough(administrator: FlaskClient, session: Session) -> None:
    later(14)
    assert invite(administrator).location == PEOPLE
    assert invitations(session) == [TYPED["email"]]


def test_a_login_of_a_while_ago_is_asked_anew_and_what_was_typed_stands_there_again(
    administrator: FlaskClient, session: Session, issuer: TestIssuer
) -> None:
    later(16)
    asked = invite(administrator)
    assert asked.status_code == 303
    assert urlsplit(asked.location).path == ANEW
    assert invitations(session) == []
    page = administrator.get(asked.location).text
    assert "Log opnieuw in" in page
    assert fields_of(page).items() >= {"via": "eherkenning", "next": PEOPLE}.items()
    begun = administrator.post("/inloggen", data=fields_of(page))
    sent = parse_qs(urlsplit(str(begun.location)).query)
    assert (sent["prompt"], sent["max_age"]) == (["login"], ["900"])
    assert log_in_anew(administrator, issuer, asked.location) == PEOPLE
    again = administrator.get(PEOPLE).text
    assert "Wat u had ingevuld, staat er weer" in again
    shown = html.fromstring(again).xpath("//input[@name='email']/@value")
    assert shown == [TYPED["email"]]
    assert invite(administrator).location == PEOPLE
    assert invitations(session) == [TYPED["email"]]


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"auth_time": None}, id="no moment of the login"),
        pytest.param({"auth_time": "early"}, id="a login of before the question"),
    ],
)
@pytest.mark.parametrize("is_checked", [True, False], ids=["", "null"])
def test_a_provider_that_did_not_ask_anew_is_not_believed(
    administrator: FlaskClient,
    session: Session,
    issuer: TestIssuer,
    monkeypatch: pytest.MonkeyPatch,
    claims: Claims,
    *,
    is_checked: bool,
) -> None:
    before = int(now().timestamp())
    later(10)
    (row,) = session.scalars(select(WebSession))
    row.authenticated_at = now() - timedelta(minutes=16)
    session.commit()
    if not is_checked:
        monkeypatch.setattr("app.auth.outcomes.check_anew", lambda *_given: None)
    asked = invite(administrator)
    told = {"auth_time": before} if claims["auth_time"] else claims
    came = log_in_anew(administrator, issuer, asked.location, **told)
    assert came == ("502" if is_checked else PEOPLE)
    # Without a moment it is asked whatever the form of the login said.
    is_done = not is_checked and claims["auth_time"] is not None
    assert (invite(administrator).location == PEOPLE) is is_done


@pytest.mark.parametrize(
    ("told", "userinfo"),
    [
        pytest.param({"auth_time": None}, None, id="no moment"),
        pytest.param({"auth_time": None}, "now", id="a moment in what is not signed"),
        pytest.param({"auth_time": None}, "x", id="a moment there that is none"),
    ],
)
@pytest.mark.parametrize("minutes", [0, 16])
def test_an_ordinary_login_without_a_moment_is_not_recent(
    administrator: FlaskClient,
    session: Session,
    issuer: TestIssuer,
    told: Claims,
    userinfo: str | None,
    minutes: int,
) -> None:
    """The button of the home page in place of that of the page that asks for a login."""
    later(minutes)
    issuer.claims = CLAIMS | told
    if userinfo is not None:
        moment = int(now().timestamp()) if userinfo == "now" else userinfo
        issuer.userinfo = {"sub": CLAIMS["sub"], "auth_time": moment}
    assert bring(administrator, issuer.authorize(begin(administrator))).status_code == 303
    assert urlsplit(str(invite(administrator).location)).path == ANEW
    assert invitations(session) == []


def test_the_oldest_of_many_logins_at_once_is_checked_too(
    administrator: FlaskClient, session: Session, issuer: TestIssuer
) -> None:
    later(16)
    fields = fields_of(administrator.get(invite(administrator).location).text)
    begun = [str(administrator.post("/inloggen", data=fields).location) for _ in range(6)]
    issuer.claims = CLAIMS | {"auth_time": None}
    bring(administrator, issuer.authorize(begun[0]))
    assert urlsplit(str(invite(administrator).location)).path == ANEW
    assert invitations(session) == []


def test_the_moment_counts_from_when_the_question_was_put(app: Flask) -> None:
    with app.test_request_context("/"):
        anew.remember_anew("a")
        began = now()
        for seconds, is_refused in ((-50, False), (-70, True)):
            user = User(
                UUID(int=1), "x", frozenset(), "i", "s",
                authenticated_at=began + timedelta(seconds=seconds),
            )  # fmt: skip
            if is_refused:
                with pytest.raises(LoginFaultError):
                    anew.check_anew("a", user)
            else:
                anew.check_anew("a", user)
            anew.check_anew("another login", user)


@pytest.mark.usefixtures("_without_tokens")
def test_every_marked_view_asks_it_of_each_of_its_roles_and_the_list_names_it(
    app: Flask, client: FlaskClient
) -> None:
    listed = LIST.read_text()
    marked = [
        rule
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "needs_recent_login", False)
    ]
    assert len(marked) >= 30
    assert [each.rule for each in marked if f"`{each.rule}`" not in listed] == []
    found = [
        (role, _address(app, rule))
        for rule in marked
        for role in roles_of(app, rule.endpoint) or ()
    ]
    for role in {role for role, _address in found}:
        addresses = [address for each, address in found if each is role]
        set_clock(None)
        sign_in_as(app, client, _somebody(role))
        assert [each for each in addresses if _is_asked(client, each)] == []
        later(16)
        assert [each for each in addresses if not _is_asked(client, each)] == []


def _is_asked(client: FlaskClient, address: str) -> bool:
    return urlsplit(str(client.post(address, data={"do": "approve"}).location)).path == ANEW


def _address(app: Flask, rule: Rule) -> str:
    numbers = {"UUIDConverter": UUID(int=1), "NumberInAddress": 1}
    kinds = {name: type(each).__name__ for name, each in rule._converters.items()}  # noqa: SLF001
    values: dict[str, Any] = {name: numbers.get(kind, "x") for name, kind in kinds.items()}
    with app.test_request_context():
        return url_for(rule.endpoint, **values)


def _somebody(role: Role) -> User:
    kvk = KVK if role is Role.PROVIDER else None
    return User(
        UUID(int=2), "x", frozenset({role}), "i", "s", kvk=kvk, right=Right.ADMINISTRATOR
    )  # fmt: skip


@pytest.mark.usefixtures("_without_tokens")
def test_a_fragment_of_a_page_is_told_where_to_go(app: Flask, client: FlaskClient) -> None:
    sign_in_as(app, client, _somebody(Role.OPERATOR))
    later(16)
    answer = client.post("/beheer/openingen", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"][: len(ANEW)]) == (401, ANEW)


@pytest.mark.usefixtures("_without_tokens")
def test_trying_out_and_submitting_ask_nothing_for_they_decide_nothing(
    app: Flask, client: FlaskClient
) -> None:
    draft = f"/processen/tabellen/concepten/{UUID(int=1)}/controle"
    tries = (
        f"/processen/concepten/{UUID(int=1)}/in-gebruik",
        "/processen/p/1/omzetten",
        f"/beheer/processen/{UUID(int=1)}/versie",
    )
    for role in (Role.PROCESS_DEPLOYER, Role.OPERATOR):
        sign_in_as(app, client, _somebody(role))
        later(16)
        tried = [client.post(each, data={"action": "try"}) for each in tries]
        assert [each.status_code for each in tried if each.status_code not in {403, 404}] == []
        asked = [client.post(each, data={"action": "migrate"}).status_code for each in tries]
        assert asked == ([303, 303, 403] if role is Role.PROCESS_DEPLOYER else [403, 403, 303])
    sign_in_as(app, client, _somebody(Role.PROCESS_APPROVER))
    later(16)
    assert client.post(draft, data={"do": "submit"}).status_code == 404
    assert urlsplit(client.post(draft, data={"do": "approve"}).location).path == ANEW


def test_who_breaks_off_is_still_logged_in_and_goes_back_to_the_page(
    administrator: FlaskClient, issuer: TestIssuer, session: Session
) -> None:
    later(16)
    asked = str(invite(administrator).location)
    for refused, status in (("access_denied", 200), ("server_error", 502)):
        begun = administrator.post("/inloggen", data=fields_of(administrator.get(asked).text))
        state = parse_qs(urlsplit(str(begun.location)).query)["state"][0]
        page = bring(administrator, {"state": state, "error": refused, "iss": issuer.url})
        assert page.status_code == status
        shown = html.fromstring(page.text)
        assert "U bent nog ingelogd, en er is niets gewijzigd." in page.text
        assert "U bent niet ingelogd" not in page.text
        links = {each.text_content().strip(): each.get("href") for each in shown.xpath("//main//a")}
        assert links["Terug naar de pagina"] == PEOPLE
        assert links["Opnieuw inloggen"] == f"{ANEW}?next={PEOPLE}"
    begun = administrator.post("/inloggen", data=fields_of(administrator.get(asked).text))
    issuer.claims = CLAIMS | {"acr": f"{URN}loa1"}
    low = bring(administrator, issuer.authorize(str(begun.location))).text
    assert "U bent nog ingelogd, en er is niets gewijzigd." in low
    assert "er is niets bewaard" not in low
    assert administrator.get(PEOPLE).status_code == 200
    assert invitations(session) == []


def test_who_comes_back_as_somebody_else_is_told_that_nothing_changed(
    administrator: FlaskClient, issuer: TestIssuer, session: Session
) -> None:
    later(16)
    asked = str(invite(administrator).location)
    came = log_in_anew(administrator, issuer, asked, **{ACTING_SUBJECT: "medewerker-2"})
    page = administrator.get(came, follow_redirects=True).text
    assert "U bent nu ingelogd als" in page
    assert "Daarom is er niets gewijzigd." in page
    assert invitations(session) == []


LOST = "Wat u had ingevuld, is te veel om te bewaren"


@pytest.mark.usefixtures("_without_tokens")
@pytest.mark.parametrize(
    ("sent", "is_lost"),
    [({}, False), ({"reason": "x"}, False), ({"reason": "x" * 100_000}, True)],
    ids=["nothing", "little", "too much"],
)
def test_the_page_says_so_where_what_was_sent_is_too_much_to_come_back(
    app: Flask, client: FlaskClient, sent: dict[str, str], *, is_lost: bool
) -> None:
    sign_in_as(app, client, _somebody(Role.OPERATOR))
    later(16)
    asked = client.post("/beheer/openingen", data=sent)
    page = client.get(asked.location).text
    assert (LOST in page) is is_lost
    assert ("staat er dan weer" in page) is not is_lost


@pytest.mark.usefixtures("_without_tokens")
@pytest.mark.parametrize(
    ("minutes", "where"),
    [pytest.param(16, ANEW, id="asked"), pytest.param(40, "/inloggen", id="session ended")],
)
def test_one_comes_back_to_what_the_page_was_about(
    app: Flask, client: FlaskClient, minutes: int, where: str
) -> None:
    sign_in_as(app, client, _somebody(Role.OPERATOR))
    later(minutes)
    page = "/beheer/processen/wijzigen"
    chosen = f"{page}?wat=suspend&zaak={UUID(int=1)}&zaak={UUID(int=2)}"
    for shown, back in ((chosen, chosen), (f"{page}?x={'x' * 3000}", page)):
        headers = {"Referer": f"http://localhost{shown}"}
        asked = urlsplit(client.post(page, data={"reason": "x"}, headers=headers).location)
        assert asked.path == where
        assert parse_qs(asked.query)["next"] == [back]


@pytest.mark.usefixtures("_without_tokens")
def test_a_page_about_chosen_cases_without_any_leads_to_the_list(
    app: Flask, client: FlaskClient
) -> None:
    sign_in_as(app, client, _somebody(Role.OPERATOR))
    answer = client.get("/beheer/processen/wijzigen")
    assert (answer.status_code, answer.location) == (302, "/beheer/processen")


@pytest.mark.usefixtures("_without_tokens")
def test_who_must_be_asked_where_they_logged_in_before(app: Flask, client: FlaskClient) -> None:
    sign_in_as(app, client, _somebody(Role.OPERATOR))
    fields = fields_of(client.get(f"{ANEW}?next=//evil.test").text)
    assert fields.pop("csrf_token")
    assert fields == {"via": "accounts", "next": "/", "opnieuw": "ja"}


LONG_QUERY = "?" + "&".join(f"zoek=rekenen%20{number:04}" for number in range(150))


def send_from(client: FlaskClient, page: str, minutes: int = 16) -> TestResponse:
    """The form of the page at this address, sent so long after it was opened."""
    token = html.fromstring(client.get(PEOPLE).text).xpath("//input[@name='csrf_token']/@value")[0]
    later(minutes)
    return client.post(
        f"{PEOPLE}/uitnodigen",
        data={"csrf_token": token, **TYPED},
        headers={"Referer": f"http://localhost{page}"},
    )


def links_of(page: TestResponse) -> list[str]:
    return [str(each) for each in html.fromstring(page.text).xpath("//main//a/@href")]


def test_a_long_address_leads_back_with_its_query(
    administrator: FlaskClient, issuer: TestIssuer
) -> None:
    """Longer than an address can name in another, or a cookie can hold (R17)."""
    page = PEOPLE + LONG_QUERY
    assert LONGEST_IN_ADDRESS < len(page) < LONGEST_ADDRESS
    asked = send_from(administrator, page)
    assert len(asked.location) < 200
    assert page in links_of(administrator.get(asked.location))
    assert unquote(log_in_anew(administrator, issuer, asked.location)) == unquote(page)
    assert "Wat u had ingevuld, staat er weer" in administrator.get(page).text
    cookie = administrator.get_cookie("loket")
    assert cookie is not None
    assert len(cookie.value) < 4000


def test_a_login_that_is_broken_off_leads_back_to_a_long_address_too(
    administrator: FlaskClient,
) -> None:
    page = PEOPLE + LONG_QUERY
    asked = send_from(administrator, page)
    begun = administrator.post("/inloggen", data=fields_of(administrator.get(asked.location).text))
    (state,) = parse_qs(urlsplit(str(begun.location)).query)["state"]
    sent = {"state": state, "error": "access_denied"}
    assert page in links_of(administrator.get("/inloggen/terug", query_string=sent))


def test_what_was_typed_on_a_page_with_a_long_address_comes_back_after_its_session_too(
    administrator: FlaskClient, issuer: TestIssuer
) -> None:
    """Then on the page without its query, as the login page says."""
    asked = send_from(administrator, PEOPLE + LONG_QUERY, minutes=40)
    assert "te lang om te bewaren" in administrator.get(asked.location).text
    issuer.claims = CLAIMS | {"auth_time": int(now().timestamp())}
    bring(administrator, issuer.authorize(begin(administrator)))
    assert "Wat u had ingevuld, staat er weer" in administrator.get(PEOPLE).text


def test_a_visitor_is_told_that_a_long_address_comes_back_without_its_query(
    client: FlaskClient,
) -> None:
    sent = client.get("/taken" + LONG_QUERY)
    assert parse_qs(urlsplit(sent.location).query)["next"] == ["/taken"]
    assert "te lang om te bewaren" in client.get(sent.location).text
    short = client.get("/taken?zoek=rekenen")
    assert parse_qs(urlsplit(short.location).query)["next"] == ["/taken?zoek=rekenen"]
    assert "te lang om te bewaren" not in client.get(short.location).text
