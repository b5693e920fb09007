"""The choice of mail about tasks, of a person or of a company."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.casework.mail.notices import choice_of
from processes.engine.store.work_models import NoticeChoice
from tests.app.onboarding import chosen
from tests.app.signing_in import KVK
from tests.app.tasks.test_worklist import browser

ADDRESS = "/taken/berichten"


@pytest.mark.parametrize("role", [Role.TEACHER, Role.REGISTRAR, Role.PROVIDER])
def test_who_wants_no_mail_says_so(app: Flask, session: Session, role: Role) -> None:
    someone = browser(app, session, role)
    reference = f"company:{KVK}" if role is Role.PROVIDER else someone.user.person.reference

    page = someone.press(someone.open(ADDRESS), ADDRESS, {"choice": "x"})
    assert page.status_code == 422
    page = someone.press(page, ADDRESS, {"choice": "none"})
    assert "Uw keuze is bewaard." in page.text
    session.expire_all()
    assert choice_of(session, reference) is NoticeChoice.NONE


def test_a_company_has_one_choice_for_all_its_people(app: Flask, session: Session) -> None:
    first = browser(app, session, Role.PROVIDER)
    first.press(first.open(ADDRESS), ADDRESS, {"choice": "none"})
    second = browser(app, session, Role.PROVIDER, employee="b" * 64)
    assert chosen(second.open(ADDRESS)) == {"choice": "none"}
