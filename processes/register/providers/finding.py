"""Finds providers for the staff of the register: by names, number, reference or address."""

import re

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from processes.register.paging import Page, page_of
from processes.register.providers.former_numbers import FormerNumber
from processes.register.providers.providers import Provider
from processes.register.search_words import folded, words

LONGEST_SEARCH = 100
NUMBER_NAME = re.compile(r"^kvk[- ]?(?:nummer|nr)?[.: ]*")


def find_providers(session: Session, text: str, page: int) -> Page[Provider]:
    """Providers that have every word of the text, or all of them, by name.

    A KvK number may be written with spaces, dots or its name; a former one finds its provider.
    """
    query = select(Provider).order_by(Provider.search_name, Provider.kvk)
    plain = folded(text[:LONGEST_SEARCH])
    number = re.sub(r"[ .-]", "", NUMBER_NAME.sub("", plain))
    asked = [number] if re.fullmatch("[0-9]{8}", number) else words(plain)
    former = select(FormerNumber.provider_id)
    for word in asked:
        query = query.where(
            or_(
                Provider.search_name.contains(word, autoescape=True),
                Provider.kvk.startswith(word, autoescape=True),
                Provider.id.in_(former.where(FormerNumber.kvk == word)),
                func.lower(Provider.reference).contains(word, autoescape=True),
                Provider.search_contact.contains(word, autoescape=True),
            )
        )
    return page_of(session, query, page)
