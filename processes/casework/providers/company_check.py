"""Holds a registered company against what the trade register says now (R41)."""

from sqlalchemy.orm import Session

from processes.letters.summaries import known_rows
from processes.register.changes import record_event
from processes.register.providers.providers import Provider
from processes.register.providers.trade_register import CompanyFacts, adopt_facts

Differences = dict[str, list[str]]  # by its label: as it was, as it is


def check(
    session: Session, provider: Provider, facts: CompanyFacts, *, source: str, by: str
) -> Differences:
    """Take over the facts of now, and say what is different; what was typed stays beside them."""
    before = dict(known_rows(provider.company)) if provider.company else {}
    adopt_facts(provider, facts)
    session.flush()
    now = dict(known_rows(provider.company))
    differences = {
        label: [before.get(label, ""), now.get(label, "")]
        for label in {**before, **now}
        if before.get(label) != now.get(label)
    }
    record_event(
        session,
        "company-checked",
        actor=by,
        kvk=provider.kvk,
        subject=f"provider:{provider.id}",
        source=source,
        differences=differences,
    )
    return differences
