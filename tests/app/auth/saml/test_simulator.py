"""Logging in by SAML at the login simulator, which runs as a server of its own."""

import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from app.auth.saml.service import service_provider
from app.demo.login_simulator import create_login_simulator
from app.demo.saml_setup import prepared_saml
from app.demo.saml_simulator import HANDLE, MOST_ASKED, Simulator
from app.demo.site import OnlyForDemonstrationError
from processes.platform.running_demonstration import OIDC_NAME, SAML_NAME
from processes.platform.settings import Profile, Settings, use_settings
from processes.register.providers.people import ProviderUser
from processes.register.providers.web_sessions import WebSession
from tests import patience
from tests.app.onboarding import field, heading

PORTAL = "http://localhost"
DONALD = {
    "kvk": "68750110",
    "loa": "loa3",
    "subject": "medewerker-1",
    "outcome": "success",
    "binding": "artifact",
    "oddity": "none",
}


@pytest.fixture(scope="module")
def at_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The settings of a portal whose broker is the simulator, which listens."""
    folder = tmp_path_factory.mktemp("simulator")
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    settings = Settings(
        var=folder,
        public_url=PORTAL,
        oidc_eherkenning_issuer=f"{url}/eherkenning",
        oidc_accounts_issuer=f"{url}/accounts",
        **prepared_saml(folder, url),
    )
    server.app = create_login_simulator(settings)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield settings
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def settings(settings: Settings, at_simulator: Settings) -> Settings:
    names = {"oidc_eherkenning_issuer", "oidc_accounts_issuer", "oidc_eherkenning_name"}
    names |= {"saml_brokers", "saml_key", "saml_certificate"}
    ours = settings.model_copy(update={name: getattr(at_simulator, name) for name in names})
    use_settings(ours)
    return ours


def begin(client: FlaskClient) -> TestResponse:
    token = field(client.get("/inloggen"), "csrf_token")
    form = {"csrf_token": token, "via": "eherkenning", "makelaar": SAML_NAME}
    return client.post("/inloggen", data=form)


def form_in(page: str) -> tuple[str, dict[str, str]]:
    form = etree.HTML(page).find(".//form")
    assert form is not None
    fields = {each.get("name") or "": each.get("value") or "" for each in form.iter("input")}
    return form.get("action") or "", fields


def at_the_broker(begun: TestResponse, **choices: str) -> requests.Response:
    address, fields = form_in(begun.text)
    asked = requests.post(address, data=fields, timeout=patience.SECONDS)
    assert "Dit is een inlogsimulator" in asked.text
    chosen = form_in(asked.text)[1] | DONALD | choices
    return requests.post(address, data=chosen, timeout=patience.SECONDS, allow_redirects=False)


def back(client: FlaskClient, answer: requests.Response) -> TestResponse:
    """The portal's page for what the broker sends the browser back with."""
    if answer.status_code == 303:
        parts = urlsplit(answer.headers["Location"])
        assert parts.path == "/inloggen/saml"
        return client.get(f"{parts.path}?{parts.query}")
    address, fields = form_in(answer.text)
    assert address == f"{PORTAL}/inloggen/saml"
    return client.post("/inloggen/saml", data=fields)


def log_in(client: FlaskClient, **choices: str) -> TestResponse:
    return back(client, at_the_broker(begin(client), **choices))


@pytest.mark.parametrize("binding", ["artifact", "artifact_post", "post"])
def test_an_employee_logs_in_however_the_answer_comes(
    client: FlaskClient, session: Session, binding: str
) -> None:
    assert log_in(client, binding=binding).location == "/aanmelding"
    (row,) = session.scalars(select(WebSession))
    assert (row.kvk, row.loa, row.company) == ("68750110", "loa3", "Test BV Donald")


def test_the_same_employee_comes_out_of_saml_and_oidc(
    client: FlaskClient, session: Session
) -> None:
    branch = {"branch": "000037178598", "intermediary": "90001354"}
    log_in(client, **branch)
    by_saml = session.scalars(select(WebSession)).one()
    other = client.application.test_client()
    token = field(other.get("/inloggen"), "csrf_token")
    form = {"csrf_token": token, "via": "eherkenning", "makelaar": OIDC_NAME}
    begun = other.post("/inloggen", data=form)
    answer = requests.post(
        begun.location, DONALD | branch, timeout=patience.SECONDS, allow_redirects=False
    )
    parts = urlsplit(answer.headers["Location"])
    assert other.get(f"{parts.path}?{parts.query}").location == "/aanmelding"
    by_oidc = session.scalars(select(WebSession).where(WebSession.id != by_saml.id)).one()
    names = ("user_id", "label", "roles", "subject", "kvk", "company", "branch", "loa")
    for name in (*names, "intermediary"):
        assert getattr(by_saml, name) == getattr(by_oidc, name), name
    assert len(list(session.scalars(select(ProviderUser)))) == 1


@pytest.mark.parametrize("odd", ["behind", "ahead"])
def test_clocks_may_differ_half_a_minute(client: FlaskClient, odd: str) -> None:
    assert log_in(client, oddity=odd).location == "/aanmelding"


@pytest.mark.parametrize("odd", ["far_ahead", "expired", "replay", "audience", "tampered"])
def test_an_odd_answer_gives_no_session(client: FlaskClient, session: Session, odd: str) -> None:
    page = log_in(client, oddity=odd)
    assert (page.status_code, heading(page)) == (502, "Inloggen lukt nu niet")
    assert list(session.scalars(select(WebSession))) == []


@pytest.mark.parametrize("binding", ["artifact", "post"])
def test_who_cancels_reads_so_in_each_binding(client: FlaskClient, binding: str) -> None:
    assert heading(log_in(client, outcome="cancel", binding=binding)) == "U bent niet ingelogd"
    assert log_in(client, outcome="fault", binding=binding).status_code == 502


def test_an_artifact_is_fetched_once(client: FlaskClient, session: Session) -> None:
    begun = begin(client)
    answer = at_the_broker(begun)
    (artifact,) = parse_qs(urlsplit(answer.headers["Location"]).query)["SAMLart"]
    assert back(client, answer).status_code == 303
    again = {"SAMLart": artifact, "RelayState": field(begin(client), "RelayState")}
    page = client.get("/inloggen/saml", query_string=again)
    assert (page.status_code, heading(page)) == (400, "Deze inlogpoging is verlopen")
    assert len(list(session.scalars(select(WebSession)))) == 1


@pytest.mark.parametrize("artifact", ["", "no base64!", "AAQAAA==", "AAQ" + "A" * 57 + "="])
def test_an_odd_artifact_is_a_fault(client: FlaskClient, artifact: str) -> None:
    sent = {"SAMLart": artifact, "RelayState": field(begin(client), "RelayState")}
    assert client.get("/inloggen/saml", query_string=sent).status_code == 502


def test_the_simulator_takes_no_request_that_somebody_changed(client: FlaskClient) -> None:
    address, fields = form_in(begin(client).text)
    fields["SAMLRequest"] = "A" + fields["SAMLRequest"][1:]
    assert requests.post(address, data=fields, timeout=patience.SECONDS).status_code == 400


@pytest.mark.parametrize("handle", ["", "made-up"])
def test_the_simulator_answers_no_request_that_it_did_not_verify(
    client: FlaskClient, handle: str
) -> None:
    """The form of its page refers to the request; nothing else that is sent along is believed."""
    address, fields = form_in(begin(client).text)
    sent = fields | DONALD | {HANDLE: handle}
    page = requests.post(address, data=sent, timeout=patience.SECONDS, allow_redirects=False)
    assert (page.status_code, page.headers.get("Location")) == (400, None)


def test_what_was_chosen_wrongly_can_be_chosen_again(client: FlaskClient) -> None:
    begun = begin(client)
    address, fields = form_in(begun.text)
    wrong = at_the_broker(begun, kvk="anders", other_kvk="1")
    assert wrong.status_code == 422
    chosen = form_in(wrong.text)[1] | DONALD
    answer = requests.post(address, data=chosen, timeout=patience.SECONDS, allow_redirects=False)
    assert chosen["RelayState"] == fields["RelayState"]
    assert back(client, answer).location == "/aanmelding"


def test_the_simulator_forgets_the_oldest_requests(at_simulator: Settings) -> None:
    portal = service_provider(at_simulator)
    simulator = Simulator("urn:example:broker", portal.pair, portal)
    first = simulator.handle_for("_first")
    handles = [simulator.handle_for(f"_{number}") for number in range(MOST_ASKED)]
    assert first not in simulator.asked
    assert list(simulator.asked) == handles


def test_production_refuses_the_simulator(at_simulator: Settings) -> None:
    production = at_simulator.model_copy(update={"profile": Profile.PRODUCTION})
    with pytest.raises(OnlyForDemonstrationError):
        create_login_simulator(production)


def test_users_choose_where_there_are_more_brokers(client: FlaskClient) -> None:
    page = client.get("/inloggen", query_string={"makelaar": SAML_NAME})
    chosen = etree.HTML(page.text).xpath("//input[@name='makelaar'][@checked]/@value")
    assert chosen == [SAML_NAME]
    token = field(page, "csrf_token")
    form = {"csrf_token": token, "via": "eherkenning", "makelaar": "Onbekend"}
    assert client.post("/inloggen", data=form).status_code == 400


def test_the_home_of_the_simulator_offers_both_protocols(at_simulator: Settings) -> None:
    page = create_login_simulator(at_simulator).test_client().get("/")
    links = etree.HTML(page.text).xpath("//li/a/text()")
    assert links == [OIDC_NAME, SAML_NAME]


def test_files_of_the_demonstration_are_made_once(tmp_path: Path) -> None:
    first = prepared_saml(tmp_path, "http://127.0.0.1:1")
    key = Path(first["saml_key"]).read_bytes()
    assert prepared_saml(tmp_path, "http://127.0.0.1:2") == first
    assert Path(first["saml_key"]).read_bytes() == key
    assert b"127.0.0.1:2" in Path(first["saml_brokers"][SAML_NAME]).read_bytes()
