"""What holds for every page: headers, hosts, form tokens, error pages, and who may write."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from flask import Flask, request, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf, validate_csrf
from pydantic import SecretStr
from sqlalchemy import delete, text
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError
from wtforms import ValidationError

from app.areas import AREAS
from app.factory import create_app
from app.web.access import Role, public
from app.web.db import Begins, RequestSession, begins, db
from processes.base import new_id
from processes.engine.deployment.drafts import ProcessDraft
from processes.engine.execution.instances import TaskNotOpenError
from processes.engine.store.models import UserTask
from processes.platform.settings import Settings, use_settings
from processes.register.changes import AuditEvent, record_event
from tests.app.signing_in import sign_in

APP = Path("app").resolve()


@pytest.fixture
def own_app(settings: Settings, own_database_url: str) -> Iterator[Flask]:
    """A portal with its own connections, as in production."""
    app = create_app(settings.model_copy(update={"database_url": own_database_url}))
    app.testing = True
    yield app
    with app.app_context():
        db.engine.dispose()
    use_settings(None)


def test_every_module_that_adds_routes_is_found(app: Flask) -> None:
    """A page is there because its module is: `vars` of each names a view for each decorated one."""
    places = (each for area in AREAS for each in (APP / area).rglob("*.py"))
    decorated = re.compile(r"^@bp\.(?:get|post|route)\(.*?^def (\w+)", re.MULTILINE | re.DOTALL)
    written = {
        (".".join(place.relative_to(APP.parent).with_suffix("").parts), name)
        for place in places
        for name in decorated.findall(place.read_text(encoding="utf-8"))
    }
    views = {(view.__module__, view.__name__) for view in app.view_functions.values()}
    assert len(written) > 100
    assert written <= views


@pytest.mark.parametrize("path", ["/", "/nergens", "/static/portal.css"])
def test_every_response_has_the_headers_that_protect_it(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_form_leads_elsewhere_from_the_pages_alone_where_one_logs_in(app: Flask) -> None:
    """Chromium stops a form whose answer leads on to a host that its page does not allow."""
    client, policies = app.test_client(), {"in": set[str](), "elsewhere": set[str]()}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.arguments:
            continue
        page = client.get(rule.rule)
        sources = re.findall(r"form-action ([^;]*)", page.headers["Content-Security-Policy"])
        logs_in = re.search(r'<form[^>]*method="post" action="/inloggen"', page.text)
        policies["in" if logs_in else "elsewhere"].update(sources)
    assert policies == {"in": {"'self' https: http:"}, "elsewhere": {"'self'"}}


def test_who_is_signed_in_finds_no_form_on_the_start_page_that_leads_elsewhere(app: Flask) -> None:
    client = app.test_client()
    sign_in(app, client, Role.TEACHER)
    page = client.get("/")
    assert "form-action 'self';" in page.headers["Content-Security-Policy"]


def test_another_host_name_is_refused(client: FlaskClient) -> None:
    response = client.get("/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert "evil.example" not in response.text


def test_the_other_name_of_this_machine_leads_to_the_one_that_cookies_know(
    client: FlaskClient,
) -> None:
    response = client.get("/catalogus?q=taal", headers={"Host": "127.0.0.1"})
    assert response.status_code == 307
    assert response.location == "http://localhost/catalogus?q=taal"


def test_a_visitor_cannot_choose_his_own_address(new_app: Flask, settings: Settings) -> None:
    @public
    def address() -> str:
        return request.remote_addr or ""

    new_app.add_url_rule("/adres", view_func=address)
    assert settings.trusted_proxies == 0
    forwarded = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Host": "evil.example"}
    assert new_app.test_client().get("/adres", headers=forwarded).text == "127.0.0.1"


def test_a_form_without_its_token_is_refused(client: FlaskClient) -> None:
    response = client.post("/")
    assert response.status_code in {400, 405}
    response = client.post("/inloggen")
    assert response.status_code == 400
    assert "verlopen" in response.text


def test_a_page_that_is_not_there_says_so_in_dutch(client: FlaskClient) -> None:
    response = client.get("/nergens")
    assert response.status_code == 404
    assert "Deze pagina bestaat niet" in response.text


def test_too_much_is_refused(client: FlaskClient) -> None:
    response = client.post("/inloggen", data=b"x" * (3 * 1024 * 1024))
    assert response.status_code in {400, 413}


def test_what_goes_wrong_gives_a_number_and_nothing_of_the_inside(new_app: Flask) -> None:
    @public
    def broken() -> str:
        message = "the secret of the inside"
        raise RuntimeError(message)

    new_app.add_url_rule("/kapot", view_func=broken)
    response = new_app.test_client().get("/kapot")
    assert response.status_code == 500
    assert "the secret of the inside" not in response.text
    assert "RuntimeError" not in response.text
    assert "ging iets mis" in response.text


@pytest.mark.parametrize(
    "kind", [OperationalError, partial(InternalError, connection_invalidated=True)]
)
def test_a_database_that_is_away_says_come_back_later(
    new_app: Flask, kind: Callable[..., DBAPIError]
) -> None:
    """Also one that ended the connection: psycopg calls that an internal error."""

    @public
    def away() -> str:
        cause = ConnectionError("connection refused")
        raise kind(statement=None, params=None, orig=cause)

    new_app.add_url_rule("/weg", view_func=away)
    response = new_app.test_client().get("/weg")
    assert response.status_code == 503
    assert "connection refused" not in response.text


def test_a_fault_of_ours_in_a_statement_is_a_fault_of_ours(new_app: Flask) -> None:
    @public
    def wrong() -> str:
        raise InternalError(statement=None, params=None, orig=Exception())

    new_app.testing = False
    new_app.add_url_rule("/kapot", view_func=wrong)
    assert new_app.test_client().get("/kapot").status_code == 500


def test_what_others_removed_or_changed_meanwhile_is_a_conflict(new_app: Flask) -> None:
    @public
    def removed() -> str:
        draft = ProcessDraft(key="k", name="", xml="", findings=[], saved_by="anna")
        db.session.add(draft)
        db.session.commit()
        db.session.execute(delete(ProcessDraft))
        return draft.name

    @public
    def changed() -> str:
        draft = ProcessDraft(key="k", name="", xml="", findings=[], saved_by="anna")
        db.session.add(draft)
        db.session.flush()
        db.session.execute(delete(ProcessDraft).execution_options(synchronize_session=False))
        draft.name = "anders"
        db.session.flush()
        return ""

    for name, view in (("removed", removed), ("changed", changed)):
        new_app.add_url_rule(f"/{name}", name, begins(Begins.WRITING)(view))
    client = new_app.test_client()
    assert [client.get(f"/{name}").status_code for name in ("removed", "changed")] == [409, 409]


def test_a_step_that_is_closed_is_a_conflict(new_app: Flask) -> None:
    @public
    def closed() -> str:
        task = UserTask(
            id=new_id(),
            instance_id=new_id(),
            element_id="review",
            name="Controleren",
            form_key=None,
            lane=None,
            candidate_group=None,
        )
        raise TaskNotOpenError(task)

    new_app.add_url_rule("/dicht", view_func=closed)
    assert new_app.test_client().get("/dicht").status_code == 409


def _kind_of_transaction(app: Flask, method: str, *, declared: bool = False) -> str:
    @public
    def look() -> str:
        assert isinstance(db.session(), RequestSession)
        options = db.session.connection().get_execution_options()
        return "reads" if options.get("read_only") else "writes"

    view = begins(Begins.WRITING)(look) if declared else look
    app.add_url_rule("/soort", view_func=view, methods=["GET"])
    app.add_url_rule("/soort-post", "soort_post", view_func=view, methods=["POST"])
    app.config["WTF_CSRF_ENABLED"] = False
    path = "/soort" if method == "GET" else "/soort-post"
    return app.test_client().open(path, method=method).text


def test_a_get_only_reads(own_app: Flask) -> None:
    assert _kind_of_transaction(own_app, "GET") == "reads"


def test_a_post_writes(own_app: Flask) -> None:
    assert _kind_of_transaction(own_app, "POST") == "writes"


def test_a_get_that_says_so_writes(own_app: Flask) -> None:
    assert _kind_of_transaction(own_app, "GET", declared=True) == "writes"


def test_what_is_not_committed_is_gone_after_the_request(own_app: Flask) -> None:
    @public
    def forget() -> str:
        record_event(db.session(), "forgotten", actor="nobody")
        db.session.flush()
        return ""

    own_app.config["WTF_CSRF_ENABLED"] = False
    own_app.add_url_rule("/vergeet", view_func=forget, methods=["POST"])
    assert own_app.test_client().post("/vergeet").status_code == 200
    with own_app.app_context():
        assert db.session.query(AuditEvent).filter_by(action="forgotten").count() == 0
        assert db.session.execute(text("SELECT 1")).scalar() == 1


def test_a_form_that_was_open_when_the_key_changed_is_still_good(settings: Settings) -> None:
    old, new = (SecretStr(letter * 8 + "bcdefghijklmnopqrstuvwxyz0") for letter in "XY")
    before = create_app(settings.model_copy(update={"secret_key": old}))
    after = create_app(settings.model_copy(update={"secret_key": new, "secret_key_before": old}))
    later = create_app(settings.model_copy(update={"secret_key": new}))
    with before.test_request_context():
        token = generate_csrf()
        raw = session["csrf_token"]
    for app, is_good in ((after, True), (later, False)):
        with app.test_request_context():
            session["csrf_token"] = raw
            try:
                validate_csrf(token)
            except ValidationError:
                assert not is_good
            else:
                assert is_good
    use_settings(None)
