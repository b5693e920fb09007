#!/bin/sh
# Authlib 1.9.9: keys of a login provider are asked anew only where its ID tokens name their key.

# A provider with one key need not name it in its tokens (OpenID Connect Core 1.0, 10.1). Seen: when it changes that
# key while the application runs, a token that names its key by `kid` has the keys fetched again and is accepted; one
# without `kid` is refused at each login (bad signature) until the application is started again.

# What Loket does: where no key that is known signed a token its keys are asked anew, once (app/auth/id_tokens.py;
# tests/app/auth/oidc/test_rotation.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check Authlib==1.9.9 joserfc==1.8.0 requests==2.34.2 Flask==3.1.3
cat >show.py <<'PYTHON'
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from authlib.integrations.flask_client import OAuth
from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey


class Provider(BaseHTTPRequestHandler):
    key = RSAKey.generate_key(2048, auto_kid=True)

    def do_GET(self):
        answer = json.dumps(KeySet([self.key]).as_dict(private=False)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_facts):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=server.serve_forever, daemon=True).start()
issuer = f"http://127.0.0.1:{server.server_port}"


def logins(*, named):
    app = Flask("portal")
    app.secret_key = "of a test"
    client = OAuth(app).register(
        "broker",
        client_id="portal",
        client_secret="secret",
        access_token_url=f"{issuer}/token",
        jwks_uri=f"{issuer}/keys",
        issuer=issuer,
    )

    def login():
        moment = int(time.time())
        claims = {"iss": issuer, "sub": "u", "aud": "portal", "nonce": "n"}
        claims |= {"iat": moment, "exp": moment + 60}
        header = {"alg": "RS256", **({"kid": Provider.key.kid} if named else {})}
        token = {"id_token": jwt.encode(header, claims, Provider.key)}
        try:
            with app.app_context():
                client.parse_id_token(token, nonce="n")
        except Exception as error:
            return type(error).__name__
        return "accepted"

    before = login()
    Provider.key = RSAKey.generate_key(2048, auto_kid=True)
    return f"before {before}, after {login()}, and again {login()}"


print("with kid:", logins(named=True))
print("without kid:", logins(named=False))
PYTHON
cat >expected <<'TEXT'
with kid: before accepted, after accepted, and again accepted
without kid: before accepted, after BadSignatureError, and again BadSignatureError
TEXT
env/bin/python show.py | tee seen
diff expected seen
