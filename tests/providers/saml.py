"""A SAML identity provider that nobody here wrote: pysaml2's, which signs by the program xmlsec1.

python saml.py FOLDER: FOLDER holds broker.key, broker.crt, and our metadata in portal.xml. Prints
its address when it listens. It answers as samlp.mjs beside it does.
"""

import json
import sys
from base64 import b64encode
from functools import partial
from html import escape
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from saml2 import entity, samlp
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.server import Server

POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
LEVEL = "urn:etoegang:core:assurance-class:"
AES = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
SIGNED = {
    "sign_alg": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "digest_alg": "http://www.w3.org/2001/04/xmlenc#sha256",
}


def provider(folder: Path, address: str) -> Any:
    """pysaml2's server, at this address."""
    names = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
    service = {
        "endpoints": {"single_sign_on_service": [(f"{address}/sso", POST)]},
        "want_authn_requests_signed": True,
        "policy": {"default": {"lifetime": {"minutes": 2}, "name_form": names}},
    }
    settings = {
        "entityid": f"{address}/metadata",
        "key_file": str(folder / "broker.key"),
        "cert_file": str(folder / "broker.crt"),
        "service": {"idp": service},
        "metadata": {"local": [str(folder / "portal.xml")]},
    }
    server = Server(config=IdPConfig().load(settings))
    # Our metadata names the service; what is given of it stands in the catalogue of eHerkenning.
    server.metadata.attribute_requirement = lambda *_given, **_named: None
    return server


def answer(server: Any, sent: dict[str, str]) -> str:
    """The response to the request in this form; raises what pysaml2 does when it is not signed."""
    request = server.parse_authn_request(sent["SAMLRequest"], POST).message
    asked = json.loads(sent["asked"])
    to = request.assertion_consumer_service_url
    if asked["level"] == "cancel":
        cancelled = (samlp.STATUS_AUTHN_FAILED, "cancelled")
        return str(server.create_error_response(request.id, to, cancelled, sign=True, **SIGNED))
    return str(
        server.create_authn_response(
            {name: [value] for name, value in asked["claims"].items()},
            userid="piet",
            authn={"class_ref": LEVEL + asked["level"], "authn_auth": "nobody"},
            sign_assertion=True,
            sign_response=bool(asked["response"]),
            encrypt_assertion=bool(asked["encrypted"]),
            in_response_to=request.id,
            destination=to,
            sp_entity_id=request.issuer.text,
            **SIGNED,
        )
    )


def encrypts_with_aes(server: Any) -> None:
    """By itself pysaml2 7.5 has 3DES alone, which nobody should take."""
    entity.pre_encryption_part = partial(entity.pre_encryption_part, msg_enc=AES)
    server.sec.encrypt_assertion = partial(server.sec.encrypt_assertion, key_type="aes-256")


class Pages(BaseHTTPRequestHandler):
    server_of: Any = None

    def do_GET(self) -> None:
        self._send(200, str(entity_descriptor(self.server_of.config)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        sent = dict(parse_qsl(body))
        try:
            given = b64encode(answer(self.server_of, sent).encode()).decode()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test reads it
            self._send(400, f"{type(error).__name__}: {error}")
        else:
            self._send(200, f'<form><input name="SAMLResponse" value="{escape(given)}"></form>')

    def log_message(self, *_given: Any) -> None:
        """Nothing: the tests read what went wrong."""

    def _send(self, status: int, text: str) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())


if __name__ == "__main__":
    with HTTPServer(("127.0.0.1", 0), Pages) as pages:
        at = f"http://127.0.0.1:{pages.server_port}"
        Pages.server_of = provider(Path(sys.argv[1]), at)
        if "weak" not in sys.argv:
            encrypts_with_aes(Pages.server_of)
        print(at, flush=True)  # noqa: T201 - who started it reads this
        pages.serve_forever()
