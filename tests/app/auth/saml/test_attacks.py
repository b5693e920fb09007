"""No changed response gives a session; without the safeguard that refuses it, it would."""

from base64 import b64encode

import pytest
from lxml import etree
from sqlalchemy.orm import Session

from app.auth import sign_in
from app.auth.attempts import Answer, LoginFaultError, LoginRefusedError
from app.auth.claims import NoKvkNumberError, OddClaimsError
from app.auth.saml.login import claims_of, read_message
from app.auth.saml.service import KeyPair, ServiceProvider
from app.web.access import User
from processes.platform.settings import Settings
from tests.app.auth.saml.attack_list import ATTACKS
from tests.app.auth.saml.attacks import Attack, Scene
from tests.app.auth.saml.broker import (
    ASSERTION_SIGNED,
    BOTH_SIGNED,
    ENTITY,
    TestBroker,
)
from tests.app.auth.saml.safeguards import known_without_a_database, switch_off

REFUSED = (
    LoginFaultError,
    LoginRefusedError,
    NoKvkNumberError,
    OddClaimsError,
    sign_in.LevelTooLowError,
)


@pytest.fixture
def scene(portal_pair: KeyPair, broker_pair: KeyPair, other_pair: KeyPair) -> Scene:
    ours = ServiceProvider("urn:etoegang:DV:1", "https://portal.example/saml", portal_pair, None)
    return Scene(TestBroker(ours, broker_pair), other_pair, ASSERTION_SIGNED)


@pytest.fixture(autouse=True)
def _without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    known_without_a_database(monkeypatch)


def user_of(given: "etree._Element | bytes", scene: Scene) -> User:
    """Whom the portal would sign in; the exceptions are those that its page answers."""
    data = given if isinstance(given, bytes) else etree.tostring(given)
    claims = claims_of(read_message(b64encode(data).decode()), scene.broker.asked())
    return sign_in.employee_from(Session(), Answer(ENTITY, claims), Settings())


@pytest.mark.parametrize("both", [ASSERTION_SIGNED, BOTH_SIGNED])
def test_a_response_that_nobody_changed_signs_in(scene: Scene, *, both: bool) -> None:
    assert user_of(Scene(scene.broker, scene.attacker, both).whole(), scene).kvk == "68750110"


@pytest.mark.parametrize("both", [ASSERTION_SIGNED, BOTH_SIGNED])
@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_an_attack_gives_no_session(scene: Scene, attack: Attack, *, both: bool) -> None:
    changed = attack.make(Scene(scene.broker, scene.attacker, both))
    with pytest.raises(REFUSED):
        user_of(changed, scene)


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_without_its_safeguard_the_attack_would_succeed(
    scene: Scene, attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = attack.make(scene)
    for name in attack.off:
        switch_off(monkeypatch, name, scene.broker)
    assert user_of(changed, scene).kvk == attack.believed
