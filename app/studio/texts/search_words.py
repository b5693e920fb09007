"""The lists of words for search: what each line does, and the job that keys activities anew."""

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.execution.jobs import create_job
from processes.engine.store.models import Job
from processes.register.search.word_lists import EXCEPTIONS, SYNONYMS, groups_of
from processes.register.texts import TextVersion, newest

TOPIC = "search-words"
KEYS = {"synoniemen": SYNONYMS, "uitzonderingen": EXCEPTIONS}


def begin(session: Session, version: TextVersion) -> None:
    """Have the activities with these words keyed anew in the background."""
    arguments = {"key": version.key, "version": version.version}
    create_job(session, TOPIC, arguments, idempotency_key=_key(version))


def job_of(session: Session, key: str) -> Job | None:
    """The job of the newest version of a list, with its progress; None for another text."""
    version = newest(session, key) if key in KEYS.values() else None
    if version is None:
        return None
    return session.scalar(select(Job).where(Job.idempotency_key == _key(version)))


def look(text: str) -> Markup:
    """The groups as search reads them."""
    items = (Markup("<li>{}</li>").format(" = ".join(group)) for group in groups_of(text))
    return Markup("<ul>{}</ul>").format(Markup().join(items)) if text.strip() else Markup()


def _key(version: TextVersion) -> str:
    return f"{TOPIC}:{version.key}:{version.version}"
