"""What is kept of a visitor who began a case by a public form: an export, and its erasure (AVG).

A visitor is found by the e-mail address (while it is kept: a day after the form was sent, or as an
answer in the form) or by the reference of the case.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast, delete, or_, select
from sqlalchemy.orm import Session

from processes.casework.retention.case_data import UNSEEN, erase_case
from processes.engine.execution.events.delivery import OPEN
from processes.engine.execution.instances import variables
from processes.engine.store.file_models import UploadedFile
from processes.engine.store.models import ProcessInstance
from processes.engine.store.start_models import BegunCase, PendingStart
from processes.engine.tasks.files import of_submission
from processes.register.changes import record_event
from processes.register.mail import MailStatus, OutgoingMail


@dataclass(frozen=True)
class VisitorData:
    """What was found: forms to be confirmed or confirmed lately, cases, and mails."""

    forms: list[PendingStart]
    cases: list[tuple[BegunCase, ProcessInstance]]
    mails: list[OutgoingMail]

    def __bool__(self) -> bool:
        return bool(self.forms or self.cases or self.mails)


@dataclass(frozen=True)
class Erased:
    """How much was erased, and the references of the cases that still run: those are kept."""

    forms: int
    cases: int
    mails: int
    running: tuple[str, ...]


def data_of(session: Session, who: str) -> VisitorData:
    """Everything that is kept of who has this e-mail address, or began this case (a reference)."""
    who = who.strip()
    forms = list(session.scalars(select(PendingStart).where(PendingStart.email == who)))
    cases = list(_cases(session, who, [each.id for each in forms])) if who else []
    mails = session.scalars(select(OutgoingMail).where(OutgoingMail.recipient == who))
    return VisitorData(forms if who else [], cases, list(mails))


def _cases(
    session: Session, who: str, submissions: list[Any]
) -> Iterator[tuple[BegunCase, ProcessInstance]]:
    written = json.dumps(who)[1:-1]  # as it stands in the column
    query = (
        select(BegunCase, ProcessInstance)
        .join(ProcessInstance, ProcessInstance.id == BegunCase.instance_id)
        .where(
            BegunCase.starter_id == BegunCase.submission_id,  # begun by no user
            or_(
                BegunCase.reference == who,
                BegunCase.mailed_to == who,
                BegunCase.submission_id.in_(submissions),
                cast(BegunCase.answers, String).contains(written, autoescape=True),
            ),
        )
        .order_by(BegunCase.begun_at)
    )
    for case, instance in session.execute(query):
        told = {case.reference, case.mailed_to, *map(str, case.answers.values())}
        if who in told or case.submission_id in submissions:
            yield case, instance


def as_json(session: Session, found: VisitorData) -> dict[str, Any]:
    """The export: what was sent, what the process knows of it now, and the mails."""
    return {
        "forms": [
            {
                "process": each.process_key,
                "email": each.email,
                "answers": each.answers,
                "sent_at": each.sent_at.isoformat(),
                "confirmed_at": each.confirmed_at.isoformat() if each.confirmed_at else None,
            }
            for each in found.forms
        ],
        "cases": [
            {
                "reference": case.reference,
                "process": instance.process_key,
                "status": str(instance.status),
                "begun_at": case.begun_at.isoformat(),
                "ended_at": instance.ended_at.isoformat() if instance.ended_at else None,
                "answers": case.answers,
                "variables": variables(session, instance),
            }
            for case, instance in found.cases
        ],
        "mails": [_mail_as_json(each) for each in found.mails],
    }


def _mail_as_json(mail: OutgoingMail) -> dict[str, Any]:
    return {
        "to": mail.recipient,
        "subject": mail.subject,
        "text": mail.text,
        "sent_at": mail.sent_at.isoformat() if mail.sent_at else None,
    }


def erase(session: Session, found: VisitorData, *, by: str, reason: str) -> Erased:
    """Erase what was found; a case that runs, its form and a mail that waits are kept.

    Of a case that ended its reference, dates and steps stay. The trail gets the reason, and
    nothing of the visitor.
    """
    running = {case.submission_id: case for case, one in found.cases if one.status in OPEN}
    ended = [(case, one) for case, one in found.cases if case.submission_id not in running]
    forms = [each for each in found.forms if each.id not in running]
    mails = [each for each in found.mails if each.status is not MailStatus.WAITING]
    for form in forms:
        if form.confirmed_at is None:
            of_form = UploadedFile.uploader == of_submission(form.id).uploader
            session.execute(delete(UploadedFile).where(of_form), execution_options=UNSEEN)
            session.delete(form)
        else:
            form.email, form.answers = "", {}
    for case, instance in ended:
        session.flush()
        erase_case(session, instance.id)
        session.expire(case)
        session.expire(instance)
    for mail in mails:
        mail.recipient = mail.subject = mail.text = mail.html = ""
    session.flush()
    done = Erased(
        len(forms), len(ended), len(mails), tuple(each.reference for each in running.values())
    )
    counts = {"forms": done.forms, "cases": done.cases, "mails": done.mails}
    record_event(
        session, "visitor-erased", actor=by, subject="visitor", reason=reason, number=counts
    )
    return done
