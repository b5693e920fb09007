"""Service task that mails a teacher the new activities of saved searches."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.orm import Session

from processes.base import today
from processes.casework.mail.search_digests import address_of
from processes.letters.layout import Filling
from processes.platform.settings import current_settings
from processes.platform.signed_links import signed
from processes.register.catalogue.catalogue import Order
from processes.register.portfolio.saved_searches import Found, searches_in_words, tell_new
from processes.register.portfolio.teachers import Teacher
from workers.handlers.mail.letters import About, Letter, composed
from workers.handlers.mail.sending import mail_task
from workers.handlers.mail.task_mail import send_if_any
from workers.job_arguments import id_from
from workers.job_context import JobContext

UNSUBSCRIBE = "search digest"
"""Purpose of the signed link that ends these mails."""


@mail_task("send-search-digest", title="Nieuw in uw bewaarde zoekopdrachten")
def send_search_digest(teacher: str, *, job: JobContext) -> dict[str, Any] | None:
    """Tell a teacher what is new, if anything is."""
    return send_if_any(job, lambda session: search_digest(session, id_from(teacher)))


def search_digest(session: Session, teacher_id: UUID) -> Letter | None:
    """The digest of one teacher; None without an address, or where nothing is new."""
    address, teacher = address_of(session, teacher_id), session.get(Teacher, teacher_id)
    found = tell_new(session, teacher_id, on=today()) if address and teacher else []
    if not (address and teacher and found):
        return None
    website = current_settings().public_url.rstrip("/")
    values = {
        "naam": teacher.name or "leraar",
        "website": website,
        "afmelden": f"{website}/portfolio/afmelden/{signed(UNSUBSCRIBE, teacher_id)}",
    }
    in_words = searches_in_words(session, [each.search for each in found])
    rows = [row for each in found for row in _rows(each, in_words[each.search.id], website)]
    return composed(session, "search-digest", About(address), Filling(values, {"nieuw": rows}))


def _rows(found: Found, search: str, website: str) -> list[tuple[str, str]]:
    told = [f"{offer.title} ({website}/catalogus/{offer.id})" for offer in found.offers]
    if found.more:
        words = urlencode({**found.search.words, "volgorde": Order.NEWEST}, doseq=True)
        told.append(f"en nog {found.more} nieuwe ({website}/catalogus?{words})")
    return [(search, each) for each in told]
