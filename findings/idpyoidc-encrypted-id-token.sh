#!/bin/sh
# idpyoidc 5.0.0, a certified OpenID provider, hands out ID tokens that are not encrypted to a client that
# registered for encrypted ones.

# A client says at its registration how ID tokens are encrypted for it (OpenID Connect Dynamic Client
# Registration 1.0, `id_token_encrypted_response_alg`); the provider takes it, and its metadata may offer it. In
# the code flow its token endpoint never asks for encryption, so that the ID token is signed alone: three parts
# where an encrypted one has five. The parameter `encrypt` of its own function works.

# What Loket does: where an operator says that a provider encrypts (LOKET_OIDC_ENCRYPTED), an ID token that is
# not encrypted is refused (docs/operate/eherkenning.md).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check idpyoidc==5.0.0
cat >show.py <<'PYTHON'
from base64 import b64encode
from time import time
from urllib.parse import parse_qsl, urlsplit

from cryptojwt.jwk.rsa import new_rsa_key
from idpyoidc.server import Server
from idpyoidc.server.configure import OPConfiguration

BACK, SERVER = "https://client.example/back", "idpyoidc.server"
SECRETS = [{"type": "OCT", "bytes": 24, "use": ["enc"], "kid": kid} for kid in ("password", "salt")]
KEYS = [{"type": "RSA", "use": ["sig"]}, {"type": "EC", "crv": "P-256", "use": ["sig"]}]
crypt = {"kwargs": {"keys": {"key_defs": SECRETS}, "iterations": 1}}
server = Server(
    OPConfiguration(
        conf={
            "issuer": "https://provider.example",
            "httpc_params": {},
            "key_conf": {"uri_path": "jwks.json", "key_defs": KEYS},
            "token_handler_args": {
                "code": {"lifetime": 60, "kwargs": {"crypt_conf": crypt}},
                "token": {"class": f"{SERVER}.token.jwt_token.JWTToken", "kwargs": {"lifetime": 60}},
                "id_token": {"class": f"{SERVER}.token.id_token.IDToken", "kwargs": {}},
            },
            "endpoint": {
                "authorization": {
                    "path": "authorization",
                    "class": f"{SERVER}.oidc.authorization.Authorization",
                    "kwargs": {"client_authn_method": None},
                },
                "token": {
                    "path": "token",
                    "class": f"{SERVER}.oidc.token.Token",
                    "kwargs": {"client_authn_method": ["client_secret_basic"]},
                },
            },
            "userinfo": {"class": f"{SERVER}.user_info.UserInfo", "kwargs": {"db": {"piet": {}}}},
            "authentication": {
                "anybody": {
                    "acr": "level",
                    "class": f"{SERVER}.user_authn.user.NoAuthn",
                    "kwargs": {"user": "piet"},
                }
            },
            "session_params": {"password": "long enough for an example", "salt": "an example, it i"},
        },
        base_path=".",
    ),
    cwd=".",
)
server.context.cdb["client"] = {
    "client_id": "client",
    "client_secret": "secret-of-an-example",
    "redirect_uris": [(BACK, {})],
    "response_types_supported": ["code"],
    "token_endpoint_auth_method": "client_secret_basic",
    "allowed_scopes": ["openid"],
    "id_token_encrypted_response_alg": "RSA-OAEP-256",
    "id_token_encrypted_response_enc": "A256GCM",
}
server.keyjar.add_keys("client", [new_rsa_key(use="enc")])

asked = {"response_type": "code", "client_id": "client", "redirect_uri": BACK, "scope": "openid"}
entry = server.endpoint["authorization"]
parsed = entry.parse_request({**asked, "state": "s", "nonce": "n"})
method = server.context.authn_broker["anybody"]["method"]
session = entry.create_session(parsed, "piet", "level", int(time()), method)
went = entry.do_response(request=parsed, **entry.authz_part2(parsed, session))["response"]
code = dict(parse_qsl(urlsplit(went).query))["code"]

endpoint = server.endpoint["token"]
basic = b64encode(b"client:secret-of-an-example").decode()
parsed = endpoint.parse_request(
    {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK},
    http_info={"headers": {"authorization": f"Basic {basic}"}, "url": "/token"},
)
token = endpoint.process_request(parsed)["response_args"]["id_token"]
print("parts of the ID token of the code flow:", len(token.split(".")))
maker = server.context.session_manager.token_handler["id_token"]
print("parts with encrypt=True:", len(maker(session, encrypt=True).split(".")))
PYTHON
cat >expected <<'TEXT'
parts of the ID token of the code flow: 3
parts with encrypt=True: 5
TEXT
venv/bin/python show.py 2>errors | tee seen || { cat errors; exit 1; }
diff expected seen
