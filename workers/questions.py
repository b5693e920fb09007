"""Counts questions of the catalogue that found nothing: reading a page writes nothing itself."""

from processes.register.search import unanswered
from processes.unit_of_work import unit_of_work
from workers.celery import celery
from workers.enqueue import open_session, send_aside

TASK = "count_unanswered"


@celery.task(name=TASK)
def count_unanswered(text: str) -> None:
    """The Celery task that counts one."""
    with open_session() as session:
        unanswered.count(session, text)
        unit_of_work(session).commit()


def tell(text: str) -> None:
    """Have a worker count this question, if it is one to keep; when none hears it, it is lost."""
    if question := unanswered.question_to_keep(text):
        send_aside(TASK, question)
