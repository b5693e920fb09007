"""Finds providers for the staff of the register: by names, number, reference or address."""

import re
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from processes.register.paging import Page, page_of
from processes.register.providers.former_numbers import FormerNumber
from processes.register.providers.providers import Provider
from processes.register.search_words import folded

LONGEST_SEARCH = 100
NUMBER_NAME = re.compile(r"^kvk[- ]?(?:nummer|nr)?[.: ]*")


def find_providers(session: Session, text: str, page: int) -> Page[Provider]:
    """Providers of whom a name, KvK number, reference or e-mail address holds each word.

    A KvK number may have spaces or points in it, and its name before it.
    """
    query = select(Provider).order_by(Provider.search_name, Provider.kvk)
    plain = folded(text[:LONGEST_SEARCH])
    number = re.sub(r"[ .-]", "", NUMBER_NAME.sub("", plain))
    words = [number] if re.fullmatch("[0-9]{8}", number) else plain.split()
    former, accented = select(FormerNumber.provider_id), _accented(session) if words else {}
    for word in words:
        query = query.where(
            or_(
                Provider.search_name.contains(word, autoescape=True),
                Provider.kvk.contains(word, autoescape=True),
                Provider.id.in_(former.where(FormerNumber.kvk == word)),
                func.lower(Provider.reference).contains(word, autoescape=True),
                func.lower(Provider.contact_name).contains(word, autoescape=True),
                Provider.id.in_(key for key, name in accented.items() if word in name),
                func.lower(Provider.contact_email).contains(word, autoescape=True),
            )
        )
    return page_of(session, query, page)


def _accented(session: Session) -> dict[UUID, str]:
    """The contact persons whose names have accents, without them: databases differ in those."""
    names = session.execute(select(Provider.id, Provider.contact_name))
    return {key: folded(name) for key, name in names if not name.isascii()}
