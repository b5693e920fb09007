"""The mail about break-glass accounts goes to all staff, whatever mail they chose."""

from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import now
from processes.casework.mail.notices import choose
from processes.casework.mail.security_notices import tell_staff
from processes.engine.store.models import Job
from processes.engine.store.work_models import NoticeChoice
from processes.engine.tasks.directory import remember
from processes.engine.tasks.rights import Person
from workers.handlers.mail.security_mail import letter


def test_staff_are_told_and_nobody_else(session: Session) -> None:
    staff = Person(f"staff:{uuid4()}", "Anna", frozenset({"registrar"}))
    for person, address in (
        (staff, "anna@x.test"),
        (Person(f"staff:{uuid4()}", "Zonder adres", frozenset({"operator"})), None),
        (Person(f"teacher:{uuid4()}", "Sam", frozenset({"teacher"})), "sam@x.test"),
        (Person(f"provider:{uuid4()}", "m", frozenset({"provider"}), "68750110"), "m@x.test"),
    ):
        remember(session, person, address)
    choose(session, staff, NoticeChoice.NONE)
    assert tell_staff(session, "Er gebeurde iets.") == 1
    (job,) = session.scalars(select(Job).where(Job.topic == "send-security-notice"))
    assert job.arguments["person"] == staff.reference
    written = letter(session, staff.reference, "Er gebeurde <iets>.", now())
    assert written is not None
    assert written.recipient == "anna@x.test"
    for text in (written.text, written.html):
        assert "omdat wij dit e-mailadres van u hebben" in text
        assert "ingevuld" not in text
    assert "Er gebeurde <iets>." in written.text
    assert "Er gebeurde &lt;iets&gt;." in written.html
    assert letter(session, f"staff:{uuid4()}", "Er gebeurde iets.", now()) is None
