"""Staff log in with a method that is asked (amr); teachers need none."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.auth.attempts import Answer
from app.auth.sign_in import StaffLevelError, account_from
from processes.platform.settings import Settings

ISSUER = "https://accounts.test"


def logged_in(session: Session, settings: Settings, role: str, **told: Any) -> str:
    asking = settings.model_copy(update={"staff_amr": "mfa otp"})
    claims = {"sub": "anna", "name": "Anna", "roles": [role], **told}
    return account_from(session, Answer(ISSUER, claims), asking).label


@pytest.mark.parametrize("amr", [["mfa"], ["pwd", "otp"]])
def test_one_of_the_methods_is_enough(session: Session, settings: Settings, amr: list[str]) -> None:
    assert logged_in(session, settings, "operator", amr=amr) == "Anna"


@pytest.mark.parametrize("amr", [None, [], ["pwd"], "mfa", ["MFA"], [["mfa"]], {"mfa": True}, 1])
def test_no_method_or_another_is_refused(session: Session, settings: Settings, amr: Any) -> None:
    told = {} if amr is None else {"amr": amr}
    with pytest.raises(StaffLevelError):
        logged_in(session, settings, "operator", **told)


def test_a_teacher_needs_none(session: Session, settings: Settings) -> None:
    assert logged_in(session, settings, "teacher") == "Anna"
