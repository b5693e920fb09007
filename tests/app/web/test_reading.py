"""A GET reads: the database itself keeps it from writing, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.factory import create_app
from app.web.access import Role, public, roles_of
from app.web.db import db
from processes.platform.settings import Settings, use_settings
from processes.register.portfolio.teachers import known_teacher
from tests.app.offers.offer_world import a_catalogue_offer, a_provider
from tests.app.onboarding import prepare
from tests.app.signing_in import ISSUER, sign_in


@pytest.fixture
def real(settings: Settings, own_database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The portal with engines of its own, as in production."""
    ours = settings.model_copy(update={"database_url": own_database_url, "var": tmp_path})
    use_settings(ours)
    app = create_app(ours)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_get_cannot_write_and_a_post_can(real: Flask) -> None:
    @public
    def meddle() -> str:
        db.session().execute(sa.text("DELETE FROM teacher"))
        db.session().commit()
        return "done"

    real.add_url_rule("/knoei", view_func=meddle, methods=["GET", "POST"])
    real.config["WTF_CSRF_ENABLED"] = False
    client = real.test_client()
    for _ in range(2):
        assert client.get("/knoei").status_code >= 500
        answer = client.post("/knoei")
        assert (answer.status_code, answer.text) == (200, "done")


@pytest.mark.parametrize("role", list(Role))
def test_no_page_without_a_parameter_needs_to_write(real: Flask, role: Role) -> None:
    with real.test_request_context(method="POST"):
        prepare(db.session())
    client = real.test_client()
    user = sign_in(real, client, role)
    with real.test_request_context(method="POST"):
        known_teacher(db.session(), issuer=ISSUER, subject=user.subject, name="Sam")
        db.session().commit()
    pages = [
        rule.rule
        for rule in real.url_map.iter_rules()
        if "GET" in (rule.methods or set())
        and not rule.arguments
        and role in (roles_of(real, rule.endpoint) or set())
    ]
    assert {page: client.get(page).status_code for page in pages if _fails(client, page)} == {}


def test_adding_to_a_portfolio_is_shown_without_a_lock(real: Flask) -> None:
    with real.test_request_context(method="POST"):
        offer_id = a_catalogue_offer(db.session(), a_provider(db.session())).id
    client = real.test_client()
    sign_in(real, client, Role.TEACHER)
    assert client.get(f"/portfolio/toevoegen/{offer_id}").status_code == 200


def _fails(client: object, page: str) -> bool:
    return bool(client.get(page).status_code >= 500)  # type: ignore[attr-defined]
