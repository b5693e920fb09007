"""The SAML side of the login simulator: a broker that answers as it is told (B15)."""

import hashlib
import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue

from app.auth.attempts import LoginFaultError
from app.auth.saml.authn_request import encoded
from app.auth.saml.brokers import read_broker
from app.auth.saml.login import read_message
from app.auth.saml.service import KeyPair, ServiceProvider, pair_in, service_provider
from app.auth.saml.signatures import verified
from app.auth.saml.xml import Element, is_element, parse, text, the
from app.demo.login_forms import SamlForm
from app.demo.saml_keys import kept_pair
from app.demo.saml_messages import (
    Receiver,
    Sender,
    artifact_response,
    assertion,
    closed_assertion,
    response,
)
from app.demo.saml_setup import ARTIFACTS_AT, SIMULATOR
from app.demo.site import origin
from processes.base import now
from processes.platform.running_demonstration import SAML_FOLDER, SAML_METADATA
from processes.platform.settings import Settings

PATH = "/eherkenning/saml"
REFUSALS = {
    "cancel": ("Responder", "AuthnFailed"),
    "fault": ("Responder", "RequestUnsupported"),
}
OFF_BY = {"expired": -timedelta(minutes=10), "behind": timedelta(seconds=-30)} | {
    "ahead": timedelta(seconds=30),
    "far_ahead": timedelta(minutes=10),
}
HANDLE = "request"  # the field of the page that refers to its request
MOST_ASKED = 1000
TYPE, INDEX = b"\x00\x04", b"\x00\x00"


@dataclass(frozen=True)
class Simulator:
    """The broker: its name, its keys, the portal that it knows, and the answers to be fetched.

    `asked` holds the IDs of requests that were verified, by the handle in the page for each.
    """

    entity_id: str
    pair: KeyPair
    portal: ServiceProvider
    asked: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, Element] = field(default_factory=dict)

    @property
    def sender(self) -> Sender:
        return Sender(self.entity_id, self.pair)

    def handle_for(self, request_id: str) -> str:
        """A handle by which the form of this request's page refers to it."""
        made = secrets.token_urlsafe(24)
        self.asked[made] = request_id
        while len(self.asked) > MOST_ASKED:
            self.asked.pop(next(iter(self.asked)), None)
        return made

    def artifact_for(self, answer: Element) -> str:
        """An artifact, behind which this answer waits to be fetched once."""
        source = hashlib.sha1(self.entity_id.encode(), usedforsecurity=False).digest()
        made = b64encode(TYPE + INDEX + source + secrets.token_bytes(20)).decode()
        self.waiting[made] = answer
        return made


def add_saml(site: Flask, settings: Settings) -> None:
    """Give the simulator its SAML side, where the portal has keys for it."""
    if settings.saml_key is None:
        return
    place = settings.var / SAML_FOLDER
    pair = pair_in(*kept_pair(place, SIMULATOR))
    itself = read_broker(SIMULATOR, place / SAML_METADATA)
    simulator = Simulator(itself.entity_id, pair, service_provider(settings))
    bp = Blueprint("saml", __name__, url_prefix=PATH)
    _add_login(bp, simulator)
    _add_artifacts(bp, simulator)
    site.register_blueprint(bp)


def _add_login(bp: Blueprint, simulator: Simulator) -> None:
    @bp.post("")
    def ask() -> ResponseReturnValue:
        if HANDLE in request.form:
            return _chosen(simulator, request.form[HANDLE])
        asked = _request(simulator, read_message(request.form.get("SAMLRequest", "")))
        return _page(SamlForm(), simulator.handle_for(asked.get("ID", "")))

    bp.errorhandler(LoginFaultError)(lambda error: (str(error), 400))


def _chosen(simulator: Simulator, handle: str) -> ResponseReturnValue:
    """What follows from the form of a page, whose request was verified when it was shown."""
    if handle not in simulator.asked:
        abort(400, "the request of this page is not known (any more)")
    form = SamlForm(request.form)
    if not form.validate():
        return _page(form, handle), 422
    return _answer(simulator, simulator.asked[handle], form)


def _page(form: SamlForm, handle: str) -> str:
    fields = {HANDLE: handle, "RelayState": request.form.get("RelayState", "")}
    return render_template("demo/login_saml.html", form=form, fields=fields)


def _request(simulator: Simulator, message: Element) -> Element:
    """The AuthnRequest that the portal signed. Raises SamlError."""
    if not is_element(message, "samlp:AuthnRequest"):
        abort(400, "no AuthnRequest")
    asked = verified(message, [simulator.portal.pair.certificate])
    if text(the(asked, "saml:Issuer")) != simulator.portal.entity_id:
        abort(400, "an unknown portal")
    if asked.get("Destination") != simulator.entity_id:
        abort(400, "a request to another broker")
    return asked


def _answer(simulator: Simulator, request_id: str, form: SamlForm) -> ResponseReturnValue:
    said = _response(simulator, request_id, form)
    relay_state = request.form.get("RelayState", "")
    if form.binding.data == "post":
        return _by_post({"SAMLResponse": encoded(said), "RelayState": relay_state}, simulator)
    sent = {"SAMLart": simulator.artifact_for(said), "RelayState": relay_state}
    if form.binding.data == "artifact_post":
        return _by_post(sent, simulator)
    return redirect(f"{simulator.portal.answers_at}?{urlencode(sent)}", 303)


def _by_post(fields: dict[str, str], simulator: Simulator) -> Response:
    address = simulator.portal.answers_at
    page = make_response(render_template("demo/saml_answer.html", fields=fields, address=address))
    page.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"font-src 'self'; form-action {origin(address)}; base-uri 'none'; frame-ancestors 'none'"
    )
    return page


def _response(simulator: Simulator, request_id: str, form: SamlForm) -> Element:
    portal, odd = simulator.portal, form.oddity.data
    receiver = Receiver(
        "urn:other" if odd == "audience" else portal.entity_id,
        portal.answers_at,
        portal.pair.certificate,
        request_id if odd != "replay" else "_an_earlier_request",
    )
    if refusal := REFUSALS.get(form.outcome.data):
        return response(simulator.sender, receiver, None, refusal)
    moment = now() + OFF_BY.get(odd, timedelta())
    content = assertion(simulator.sender, receiver, form.claims(), moment)
    if odd == "tampered":
        content.set("IssueInstant", "2000-01-01T00:00:00Z")
    return response(simulator.sender, receiver, closed_assertion(content, receiver))


def _add_artifacts(bp: Blueprint, simulator: Simulator) -> None:
    @bp.post(ARTIFACTS_AT)
    def resolve() -> ResponseReturnValue:
        resolving: Any = the(the(parse(request.get_data()), "soap:Body"), "samlp:ArtifactResolve")
        asked = verified(resolving, [simulator.portal.pair.certificate])
        said = simulator.waiting.pop(text(the(asked, "samlp:Artifact")), None)
        answer = artifact_response(simulator.sender, asked.get("ID", ""), said)
        return Response(answer, mimetype="text/xml")
