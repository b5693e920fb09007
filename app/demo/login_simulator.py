"""Login simulator: a small OIDC provider, and a SAML broker, in place of the real ones."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Flask, Response, abort, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.demo.login_forms import AccountForm, EHerkenningForm
from app.demo.saml_simulator import add_saml
from app.demo.site import demonstration_site, origin
from app.demo.tokens import Grant, Grants, id_token, proves, signing_key
from processes.platform.settings import Settings

FAULTS = {
    "cancel": ("access_denied", "AuthnFailed: the user cancelled"),
    "fault": ("server_error", "RequestUnsupported: simulated technical fault"),
}


@dataclass(frozen=True)
class Issuer:
    """One of the two identity providers that this process plays."""

    path: str
    title: str
    url: str
    client_id: str
    client_secret: str
    form: type[EHerkenningForm | AccountForm]


def create_login_simulator(settings: Settings) -> Flask:
    """The login simulator, for the clients in these settings."""
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"form-action 'self' {origin(settings.public_url)}; base-uri 'none'; frame-ancestors 'none'"
    )
    site = demonstration_site("login_simulator", settings, policy)
    key, grants = signing_key(settings.var), Grants()
    for issuer in _issuers(settings):
        bp = Blueprint(issuer.path, __name__, url_prefix=f"/{issuer.path}")
        _add_login(bp, issuer, grants, origin(settings.public_url))
        _add_tokens(bp, issuer, grants, key)
        bp.add_url_rule("/.well-known/openid-configuration", view_func=_discovery(issuer))
        bp.add_url_rule("/jwks", "jwks", lambda: jsonify({"keys": [key.as_dict(private=False)]}))
        site.register_blueprint(bp)
    add_saml(site, settings)
    brokers = [settings.oidc_eherkenning_name, *settings.saml_brokers]
    site.add_url_rule("/", "home", lambda: render_template("demo/login_home.html", brokers=brokers))
    return site


def _issuers(settings: Settings) -> list[Issuer]:
    return [
        Issuer(
            path="eherkenning",
            title="eHerkenning",
            url=settings.oidc_eherkenning_issuer,
            client_id=settings.oidc_eherkenning_client_id,
            client_secret=settings.oidc_eherkenning_client_secret.get_secret_value(),
            form=EHerkenningForm,
        ),
        Issuer(
            path="accounts",
            title="leraren en medewerkers",
            url=settings.oidc_accounts_issuer,
            client_id=settings.oidc_accounts_client_id,
            client_secret=settings.oidc_accounts_client_secret.get_secret_value(),
            form=AccountForm,
        ),
    ]


def _discovery(issuer: Issuer) -> Any:
    document = {
        "issuer": issuer.url,
        "authorization_endpoint": f"{issuer.url}/authorize",
        "token_endpoint": f"{issuer.url}/token",
        "userinfo_endpoint": f"{issuer.url}/userinfo",
        "jwks_uri": f"{issuer.url}/jwks",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "authorization_response_iss_parameter_supported": True,
    }

    def discovery() -> Response:
        return jsonify(document)

    return discovery


def _add_login(bp: Blueprint, issuer: Issuer, grants: Grants, portal: str) -> None:
    @bp.route("/authorize", methods=["GET", "POST"])
    def authorize() -> ResponseReturnValue:
        asked = request.args
        _check_client(issuer, asked, portal)
        if fault := _fault_in(asked):
            return _back(issuer, asked, error="invalid_request", error_description=fault)
        form = issuer.form(request.form if request.method == "POST" else None)
        if request.method == "GET" or not form.validate():
            status = 200 if request.method == "GET" else 422
            template = f"demo/login_{issuer.path}.html"
            return render_template(template, form=form, issuer=issuer), status
        return _answer(issuer, asked, grants, form)


def _check_client(issuer: Issuer, asked: Mapping[str, str], portal: str) -> None:
    # To an address that is not the client's, nothing may be sent: not even an error.
    address = urlsplit(asked.get("redirect_uri", ""))
    if asked.get("client_id") != issuer.client_id:
        abort(400, "unknown client_id")
    if f"{address.scheme}://{address.netloc}" != portal or address.fragment:
        abort(400, "redirect_uri is not an address of the portal")


def _fault_in(asked: Mapping[str, str]) -> str | None:
    if asked.get("response_type") != "code":
        return "response_type must be code"
    if "openid" not in asked.get("scope", "").split():
        return "scope must contain openid"
    if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
        return "PKCE with S256 is required"
    return None


def _answer(
    issuer: Issuer, asked: Mapping[str, str], grants: Grants, form: EHerkenningForm | AccountForm
) -> ResponseReturnValue:
    if fault := FAULTS.get(form.outcome.data):
        return _back(issuer, asked, error=fault[0], error_description=fault[1])
    grant = Grant(
        issuer=issuer.url,
        client_id=issuer.client_id,
        redirect_uri=asked["redirect_uri"],
        nonce=asked.get("nonce"),
        code_challenge=asked["code_challenge"],
        claims=form.claims(),
    )
    return _back(issuer, asked, code=grants.code_for(grant))


def _back(issuer: Issuer, asked: Mapping[str, str], **answer: str) -> ResponseReturnValue:
    if state := asked.get("state"):
        answer["state"] = state
    address = asked["redirect_uri"]
    separator = "&" if urlsplit(address).query else "?"
    return redirect(address + separator + urlencode({**answer, "iss": issuer.url}), 303)


def _add_tokens(bp: Blueprint, issuer: Issuer, grants: Grants, key: Any) -> None:
    @bp.post("/token")
    def token() -> ResponseReturnValue:
        if not _is_client(issuer):
            return jsonify(error="invalid_client"), 401
        grant = grants.take(request.form.get("code", ""))
        if grant is None or not _fits(issuer, grant):
            return jsonify(error="invalid_grant"), 400
        return jsonify(
            access_token=grants.access_token_for(grant),
            token_type="Bearer",  # noqa: S106 - a word of the standard
            expires_in=300,
            id_token=id_token(key, grant),
            scope="openid",
        )

    @bp.get("/userinfo")
    def userinfo() -> ResponseReturnValue:
        bearer = request.authorization.token if request.authorization else None
        claims = grants.claims_of(bearer or "")
        return (jsonify(claims), 200) if claims else (jsonify(error="invalid_token"), 401)


def _is_client(issuer: Issuer) -> bool:
    basic = request.authorization
    if basic and basic.type == "basic":
        given = (basic.username or "", basic.password or "")
    else:
        given = (request.form.get("client_id", ""), request.form.get("client_secret", ""))
    secret = hmac.compare_digest(given[1].encode(), issuer.client_secret.encode())
    return given[0] == issuer.client_id and secret


def _fits(issuer: Issuer, grant: Grant) -> bool:
    form = request.form
    return (
        form.get("grant_type") == "authorization_code"
        and grant.issuer == issuer.url
        and grant.redirect_uri == form.get("redirect_uri")
        and proves(grant, form.get("code_verifier", ""))
    )
