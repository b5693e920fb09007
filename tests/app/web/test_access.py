"""Access control: every route declares its roles; login redirects; CSRF."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.web.access import Role, requires, roles_of, safe_next
from app.web.kept_forms import LONGEST_ADDRESS
from tests.app.onboarding import field
from tests.app.signing_in import sign_in


def address(rule: Rule) -> str:
    """An address of this route, with values that fit and mean nothing."""
    values = {
        name: {
            "UUIDConverter": "00000000-0000-4000-8000-000000000000",
            "NumberInAddress": "1",
            "AnyConverter": min(getattr(converter, "items", {"x"})),
        }.get(type(converter).__name__, "x")
        for name, converter in rule._converters.items()  # noqa: SLF001
    }
    path = rule.rule
    for name, value in values.items():
        start = path.index("<")
        end = path.index(">", start)
        assert path[start:end].endswith(name)
        path = path[:start] + value + path[end + 1 :]
    return path


def protected(app: Flask) -> list[tuple[Rule, str, frozenset[Role]]]:
    found = []
    for rule in app.url_map.iter_rules():
        roles = roles_of(app, rule.endpoint)
        if roles:
            methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            found += [(rule, method, roles) for method in sorted(methods)]
    return found


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    silent = [
        rule.rule for rule in app.url_map.iter_rules() if roles_of(app, rule.endpoint) is None
    ]
    assert silent == []


def test_a_visitor_is_sent_to_the_login_from_every_protected_route(
    app: Flask, client: FlaskClient
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    routes = protected(app)
    assert routes
    for rule, method, _roles in routes:
        response = client.open(address(rule), method=method)
        assert response.status_code == 303, rule
        assert response.location.startswith("/inloggen?next="), rule


@pytest.mark.parametrize("role", list(Role))
def test_another_role_is_refused_on_every_protected_route(
    app: Flask, client: FlaskClient, role: Role
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, role)
    for rule, method, roles in protected(app):
        if role not in roles:
            assert client.open(address(rule), method=method).status_code == 403, rule


def test_a_route_that_does_not_say_who_may_use_it_fails(new_app: Flask) -> None:
    new_app.add_url_rule("/vergeten", "vergeten", lambda: "iedereen")
    response = new_app.test_client().get("/vergeten")
    assert response.status_code == 500
    assert "iedereen" not in response.text


def test_requiring_no_role_at_all_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one role"):
        requires()


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/a\r\nLocation: https://evil.example",
        "aanbod",
        "",
        None,
        "/" + "a" * LONGEST_ADDRESS,
    ],
)
def test_a_next_address_elsewhere_is_not_followed(address: str | None) -> None:
    assert safe_next(address) is None


def test_a_next_address_here_is_followed() -> None:
    assert safe_next("/aanbod?pagina=2") == "/aanbod?pagina=2"


@pytest.mark.parametrize(
    "origin",
    [
        *("https://evil.example", "http://localhost.evil.example", "null", ""),
        *(
            "file://localhost",
            "chrome-extension://localhost",
            "//localhost",
            "http://localhost:8000",
        ),
        *("http://localhost@evil.example", "http://localhost http://evil.example"),
    ],
)
def test_a_form_of_another_site_is_refused_with_its_token_and_all(
    client: FlaskClient, origin: str
) -> None:
    token = field(client.get("/inloggen"), "csrf_token")
    sent = client.post("/uitloggen", data={"csrf_token": token}, headers={"Origin": origin})
    assert sent.status_code == 403


def test_a_portal_of_https_takes_no_form_that_somebody_sent_in_the_open(
    new_app: Flask,
) -> None:
    settings = new_app.config["LOKET_SETTINGS"]
    new_app.config["LOKET_SETTINGS"] = settings.model_copy(
        update={"public_url": "https://localhost"}
    )
    new_app.config["WTF_CSRF_ENABLED"] = False
    client = new_app.test_client()
    sent = {
        scheme: client.post("/uitloggen", headers={"Origin": f"{scheme}://localhost"}).status_code
        for scheme in ("http", "https")
    }
    assert sent == {"http": 403, "https": 303}


@pytest.mark.parametrize("headers", [{"Origin": "http://localhost"}, {}])
def test_a_form_of_ours_is_taken(client: FlaskClient, headers: dict[str, str]) -> None:
    token = field(client.get("/inloggen"), "csrf_token")
    sent = client.post("/uitloggen", data={"csrf_token": token}, headers=headers)
    assert sent.status_code == 303


def test_a_form_without_its_token_is_refused(client: FlaskClient) -> None:
    client.get("/inloggen")
    assert client.post("/uitloggen").status_code == 400
    assert client.post("/inloggen", data={"via": "eherkenning"}).status_code == 400
