"""An OpenID provider that nobody here wrote (idpyoidc), in Python.

python oidc.py REDIRECT_URI: prints its address when it listens. Whoever comes is "piet", at the
level that stands in the path of the issuer: /loa3 or /loa2. ID tokens are signed with ES256.
"""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import time
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from idpyoidc.server import Server
from idpyoidc.server.configure import OPConfiguration

PSEUDONYM = f"{'a1' * 32}@{'b2' * 16}"
PIET = {"kvk": {"number": "68750110"}, "employee": PSEUDONYM, "company": "Test BV Donald"}
LEVEL = "urn:etoegang:core:assurance-class:"
METADATA = "/.well-known/openid-configuration"
OIDC, OF_SERVER = "idpyoidc.server.oidc", "idpyoidc.server"
SECRETS = [{"type": "OCT", "bytes": 24, "use": ["enc"], "kid": kid} for kid in ("password", "salt")]


def provider(issuer: str, level: str) -> Any:
    """idpyoidc's server, whose authentication is nobody's: all are piet."""
    by_secret = {"client_authn_method": ["client_secret_basic"]}
    pages = {
        "provider_config": (METADATA[1:], "provider_config.ProviderConfiguration", {}),
        "authorization": ("authorization", "authorization.Authorization", {}),
        "token": ("token", "token.Token", by_secret),
        "userinfo": ("userinfo", "userinfo.UserInfo", {"client_authn_method": ["bearer_header"]}),
    }
    secret = {"kwargs": {"keys": {"key_defs": SECRETS}, "iterations": 1}}
    in_token = {"acr": {"essential": True}, "auth_time": {"essential": True}}
    anybody = {"class": f"{OF_SERVER}.user_authn.user.NoAuthn", "kwargs": {"user": "piet"}}
    public = {"class": f"{OF_SERVER}.session.manager.PublicID", "kwargs": {"salt": "of the tests"}}
    settings = {
        "issuer": issuer,
        "httpc_params": {},
        "key_conf": {
            "uri_path": "jwks.json",
            "key_defs": [
                {"type": "RSA", "use": ["sig"]},
                {"type": "EC", "crv": "P-256", "use": ["sig"]},
            ],
        },
        "token_handler_args": {
            "code": {"lifetime": 60, "kwargs": {"crypt_conf": secret}},
            "token": {"class": f"{OF_SERVER}.token.jwt_token.JWTToken", "kwargs": {"lifetime": 60}},
            "id_token": {
                "class": f"{OF_SERVER}.token.id_token.IDToken",
                "kwargs": {"base_claims": in_token},
            },
        },
        "endpoint": {
            name: {
                "path": path,
                "class": f"{OIDC}.{kind}",
                "kwargs": {"client_authn_method": None} | more,
            }
            for name, (path, kind, more) in pages.items()
        },
        "add_ons": {
            "pkce": {
                "function": f"{OF_SERVER}.oauth2.add_on.pkce.add_support",
                "kwargs": {"essential": True},
            }
        },
        "userinfo": {"class": f"{OF_SERVER}.user_info.UserInfo", "kwargs": {"db": {"piet": PIET}}},
        "authentication": {"anybody": {**anybody, "acr": LEVEL + level}},
        "scopes_to_claims": {"openid": ["sub"], "eherkenning": list(PIET)},
        "session_params": {
            "password": "of the tests, and long enough",
            "salt": "of the tests, it",
            "sub_func": {"public": public},
        },
    }
    return Server(OPConfiguration(conf=settings, base_path="."), cwd=".")


def knows(server: Any, redirect_uri: str) -> None:
    """Its one client."""
    server.context.cdb["loket"] = {
        "client_id": "loket",
        "client_secret": "secret-of-the-tests",
        "redirect_uris": [(redirect_uri, {})],
        "response_types_supported": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
        "allowed_scopes": ["openid", "eherkenning"],
        "id_token_signed_response_alg": "ES256",
    }


class Pages(BaseHTTPRequestHandler):
    servers: ClassVar[dict[str, Any]] = {}

    def do_GET(self) -> None:
        self._answer(dict(parse_qsl(urlsplit(self.path).query)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(dict(parse_qsl(body)))

    def _answer(self, sent: dict[str, str]) -> None:
        _empty, level, path = urlsplit(self.path).path.split("/", 2)
        server = self.servers[level]
        if path == "jwks.json":
            self._send(200, server.keyjar.export_jwks_as_json(), {})
            return
        (endpoint,) = (each for each in server.endpoint.values() if each.endpoint_path == path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        parsed = endpoint.parse_request(sent, http_info={"headers": headers, "url": self.path})
        if "error" in parsed:
            self._send(400, parsed.to_json(), {})
            return
        if endpoint.name == "authorization":  # asked to log in anew, they did
            session = endpoint.create_session(
                parsed,
                "piet",
                LEVEL + level,
                int(time()),
                server.context.authn_broker["anybody"]["method"],
            )
            given = endpoint.authz_part2(parsed, session)
        else:
            given = endpoint.process_request(parsed)
        answered = endpoint.do_response(request=parsed, **given)
        more = dict(answered.get("http_headers", []))
        if endpoint.name == "authorization":
            self._send(303, "", {"Location": answered["response"]})
        else:
            self._send(200, answered["response"], more)

    def log_message(self, *_given: Any) -> None:
        """Nothing: the tests read what went wrong."""

    def _send(self, status: int, text: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())


if __name__ == "__main__":
    with HTTPServer(("127.0.0.1", 0), Pages) as pages:
        at = f"http://127.0.0.1:{pages.server_port}"
        for each in ("loa3", "loa2"):
            Pages.servers[each] = provider(f"{at}/{each}", each)
            knows(Pages.servers[each], sys.argv[1])
        print(at, flush=True)  # noqa: T201 - who started it reads this
        pages.serve_forever()
