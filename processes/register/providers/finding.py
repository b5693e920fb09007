"""Finds providers for the staff of the register: by names, number, reference or address."""

import re
from collections.abc import Iterable
from itertools import islice
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from processes.register.paging import Page, page_of
from processes.register.providers.former_numbers import FormerNumber
from processes.register.providers.providers import Provider
from processes.register.search_words import folded

LONGEST_SEARCH = 100
MOST_ACCENTED = 500
"""So many contact persons with accents are found by one word: a statement takes so many ids."""
NUMBER_NAME = re.compile(r"^kvk[- ]?(?:nummer|nr)?[.: ]*")


def find_providers(session: Session, text: str, page: int) -> Page[Provider]:
    """Providers of whom a name, KvK number, reference or e-mail address holds each word.

    A KvK number may have spaces or points in it, and its name before it.
    """
    query = select(Provider).order_by(Provider.search_name, Provider.kvk)
    plain = folded(text[:LONGEST_SEARCH])
    number = re.sub(r"[ .-]", "", NUMBER_NAME.sub("", plain))
    words = [number] if re.fullmatch("[0-9]{8}", number) else plain.split()
    former, accented = select(FormerNumber.provider_id), _accented(session, words)
    for word in words:
        query = query.where(
            or_(
                Provider.search_name.contains(word, autoescape=True),
                Provider.kvk.contains(word, autoescape=True),
                Provider.id.in_(former.where(FormerNumber.kvk == word)),
                func.lower(Provider.reference).contains(word, autoescape=True),
                func.lower(Provider.contact_name).contains(word, autoescape=True),
                Provider.id.in_(accented[word]),
                func.lower(Provider.contact_email).contains(word, autoescape=True),
            )
        )
    return page_of(session, query, page)


def _accented(session: Session, words: Iterable[str]) -> dict[str, list[UUID]]:
    """By word, the providers whose contact person has it in a name with accents.

    Databases differ in accents. A number stands in no name, so that nothing is read for one.
    """
    found: dict[str, list[UUID]] = {word: [] for word in words}
    if all(word.isdecimal() for word in found):
        return found
    rows = session.execute(select(Provider.id, Provider.contact_name))
    names = [(key, folded(name)) for key, name in rows if not name.isascii()]
    for word, keys in found.items():
        keys.extend(islice((key for key, name in names if word in name), MOST_ACCENTED))
    return found
