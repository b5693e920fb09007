"""A double click with a file, on a database where commits stay: one answer, whose file is there."""

from functools import partial
from io import BytesIO

from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.web.access import Role
from processes.engine.execution import instances
from processes.engine.store.file_models import UploadedFile
from processes.engine.store.models import ProcessInstance
from tests.app.onboarding import field
from tests.app.signing_in import KVK, sign_in
from tests.app.tasks.test_drawn_fields import place
from tests.app.tasks.test_races import at_once, portal
from tests.app.tasks.test_uploads import DIAGRAM, address
from tests.uploaded import PDF

__all__ = ["portal"]


def test_a_double_click_with_a_file_is_one_answer(portal: Flask, own_engine: Engine) -> None:
    with Session(own_engine) as session:
        place(session, DIAGRAM)
        instances.start_process(session, "aanvraag", tenant=KVK, started_by="test")
        session.commit()
        at = address(session)
    client = portal.test_client()
    sign_in(portal, client, Role.PROVIDER)
    page, cookies = client.get(at), [client.get_cookie(name) for name in ("loket", "loket-login")]
    hidden = {name: field(page, name) for name in ("csrf_token", "submission_id")}

    def press() -> TestResponse:
        browser = portal.test_client()
        for cookie in cookies:
            if cookie:
                browser.set_cookie(cookie.key, cookie.value)
        file = {"veld_plan-nieuw": (BytesIO(PDF), "plan.pdf")}
        return browser.post(at, data={**hidden, "veld_titel": "Rekenen", **file})

    answers = at_once(partial(press), partial(press))
    assert [answer.status_code for answer in answers] == [303, 303]
    with Session(own_engine) as session:
        given = instances.variables(session, session.scalars(select(ProcessInstance)).one())
        (plan,) = given["plan"]
        files = {str(each.id): each for each in session.scalars(select(UploadedFile))}
        assert files[plan["id"]].sent_at is not None
        assert files[plan["id"]].content == PDF
