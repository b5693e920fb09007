"""Service tasks: remind providers of what waits for them, in one mail a week at most (R67)."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from processes.base import today
from processes.casework.mail.reminders import make_reminders, recipient_of_reminder, reminder_points
from processes.engine.registry import BadDataError
from processes.letters.layout import Filling
from processes.platform.settings import current_settings
from processes.register.offers.reminders import ReminderDays
from workers.handlers.mail.letters import About, Letter, composed
from workers.handlers.mail.sending import mail_task
from workers.handlers.mail.task_mail import send_if_any
from workers.job_arguments import day_from
from workers.job_context import JobContext
from workers.registry import service_task

MOST_DAYS = 3650


@service_task(
    "find-provider-reminders",
    title="Herinneringen aan aanbieders klaarzetten",
    description=(
        "Zet een e-mail klaar voor elke aanbieder met activiteiten die bijna aflopen, concepten "
        "die lang niet zijn gewijzigd, of een aanmelding die niet is afgerond. Hoogstens een per "
        "week, en niet voor wie geen e-mail wil. Geeft reminders terug: hoeveel."
    ),
    labels={
        "end_days": "Hoeveel dagen voor de einddatum, met een komma ertussen",
        "concept_days": "Na hoeveel dagen zonder wijziging bij een concept",
        "onboarding_days": "Na hoeveel dagen bij een aanmelding die niet is afgerond",
    },
)
def find_provider_reminders(
    end_days: Any = "30, 7",
    concept_days: Any = 60,
    onboarding_days: Any = 14,
    *,
    job: JobContext,
) -> dict[str, Any]:
    """Make the reminders of today."""
    days = days_from(end_days, concept_days, onboarding_days)
    with job.transaction() as session:
        return {"reminders": make_reminders(session, today(), days)}


def days_from(end: Any, concept: Any, onboarding: Any) -> ReminderDays:
    """The days as a diagram has them. Raises BadDataError for what is no number of days."""
    ends = end if isinstance(end, list) else str(end).split(",")
    return ReminderDays(tuple(map(_number, ends)), _number(concept), _number(onboarding))


def _number(value: Any) -> int:
    text = str(value).strip()
    if not text.isascii() or not text.isdigit() or int(text[:6]) > MOST_DAYS:
        message = f"no number of days: {text[:40]!r}"
        raise BadDataError(message)
    return int(text)


@mail_task("send-provider-reminder", title="Herinnering aan een aanbieder")
def send_provider_reminder(  # noqa: PLR0913 - what the reminder was made with
    kvk: str,
    day: str,
    end_days: list[int],
    concept_days: int,
    onboarding_days: int,
    *,
    job: JobContext,
) -> dict[str, Any] | None:
    """Remind a company, unless there is nothing any more when the mail is written."""
    days = days_from(end_days, concept_days, onboarding_days)
    return send_if_any(job, lambda session: reminder(session, kvk, day_from(day), days))


def reminder(session: Session, kvk: str, on: date, days: ReminderDays) -> Letter | None:
    """The mail; None when all is done by now, or nobody is known to write to."""
    points = reminder_points(session, kvk, on, days)
    recipient = recipient_of_reminder(session, kvk)
    if not points or recipient is None:
        return None
    name, address = recipient
    values = {"naam": name, "website": current_settings().public_url.rstrip("/")}
    filling = Filling(values, {"punten": points})
    return composed(session, "provider-reminder", About(address, kvk=kvk), filling)
