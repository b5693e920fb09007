"""A login provider changes its key while the portal runs: the next login asks for its keys anew."""

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.app.auth.oidc.issuer import Claims, TestIssuer
from tests.app.auth.oidc.test_attacks import begin, bring

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def logged_in(client: FlaskClient, issuer: TestIssuer) -> int:
    return bring(client, issuer.authorize(begin(client))).status_code


@pytest.mark.parametrize("is_named", [True, False], ids=["kid", "no kid"])
def test_a_new_key_is_asked_for_while_running(
    client: FlaskClient, issuer: TestIssuer, *, is_named: bool
) -> None:
    def without_kid(claims: Claims) -> str:
        return jwt.encode({"alg": "RS256"}, claims, issuer.key)

    if not is_named:
        issuer.token = without_kid
    assert logged_in(client, issuer) == 303
    issuer.key = RSAKey.generate_key(2048, auto_kid=True)
    assert logged_in(client, issuer) == 303


def test_a_token_by_the_key_of_before_counts_no_longer(
    client: FlaskClient, issuer: TestIssuer
) -> None:
    former = issuer.key
    assert logged_in(client, issuer) == 303
    issuer.key = RSAKey.generate_key(2048, auto_kid=True)
    assert logged_in(client, issuer) == 303
    issuer.token = lambda claims: issuer.signed(claims, former, kid=str(former.kid))
    assert logged_in(client, issuer) == 502
