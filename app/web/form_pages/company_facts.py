"""Facts of the trade register during the onboarding: fetched once, stored."""

from datetime import timedelta

from flask import current_app, request

from app.web.access import User
from app.web.db import db, separate_unit_of_work
from processes.base import now
from processes.register.providers.providers import TradeRegisterExtract
from processes.register.providers.trade_register import (
    UNAVAILABLE,
    CompanyFacts,
    extract_of,
    remember_extract,
)
from workers.clients.trade_register import trade_register

ASK_AGAIN = timedelta(minutes=10)  # after the trade register did not answer


def extract_for(kvk: str) -> TradeRegisterExtract:
    """The stored answer; the first time the trade register is asked, outside transactions.

    Raises LookupError when nothing was stored after asking.
    """
    extract = extract_of(db.session(), kvk)
    if extract is None or _may_have_recovered(extract):
        _ask(kvk)
        extract = extract_of(db.session(), kvk)
    if extract is None:
        message = "what was just remembered is there"
        raise LookupError(message)
    return extract


def facts_for(kvk: str) -> CompanyFacts | None:
    """The facts, when the trade register knows the company."""
    extract = extract_for(kvk)
    return CompanyFacts.from_json(extract.facts) if extract.facts else None


def may_declare(user: User) -> bool:
    """Whether a branch may declare for the whole company: only if it is all of it (R55, B10)."""
    if user.branch is None:
        return True
    facts = facts_for(user.kvk or "")
    return facts is not None and set(facts.branches) == {user.branch}


def _may_have_recovered(extract: TradeRegisterExtract) -> bool:
    # Never between showing a form and receiving it: the form would have changed meanwhile.
    waited = now() - extract.asked_at >= ASK_AGAIN
    return extract.outcome == UNAVAILABLE and waited and request.method == "GET"


def _ask(kvk: str) -> None:
    db.session().rollback()  # hold no transaction while somebody else's register answers
    answer = trade_register(current_app.config["LOKET_SETTINGS"]).ask(kvk)
    with separate_unit_of_work() as unit:
        remember_extract(
            unit.session, kvk, outcome=answer.outcome, facts=answer.facts, source=answer.source
        )
