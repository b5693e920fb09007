"""A made-up company for previews of forms."""

from types import SimpleNamespace
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy.orm import Session

from processes.base import now
from processes.letters.summaries import contact_rows, known_rows
from processes.register.declarations import current_requirements
from processes.register.providers import Provider, TradeRegisterExtract
from processes.tryout import world


class ExampleCompany(NamedTuple):
    """The company that the trade register of the example world knows."""

    kvk: str = world.KNOWN

    @property
    def extract(self) -> TradeRegisterExtract:
        facts = world.FACTS.as_json()
        said = SimpleNamespace(facts=facts, source="voorbeeld", outcome="found", asked_at=now())
        return cast("TradeRegisterExtract", said)

    @property
    def provider(self) -> Provider | None:
        return None


def example_rows() -> dict[str, Any]:
    """What the staff of the register sees of this company."""
    company = [("KvK-nummer", world.KNOWN), *known_rows(world.FACTS.as_json())]
    return {"company": company, "contact": contact_rows(world.CONTACT, None)}


class ExampleTask(NamedTuple):
    """A user task as the pages want it, of an instance that does not exist."""

    name: str
    form_key: str | None
    process_key: str
    company: ExampleCompany = ExampleCompany()
    requirement_set: UUID | None = None

    @property
    def instance(self) -> SimpleNamespace:
        return SimpleNamespace(process_key=self.process_key, tenant=self.company.kvk)


def example_variables(session: Session) -> dict[str, Any]:
    """What a process about this company knows when all went well."""
    current = current_requirements(session)
    answers = {str(each.number): "ja" for each in current.requirements}
    declared = {"set_version": current.version, "answers": answers, "complaints_url": None}
    company = {"known": True, "corrections": {}, "display_name": world.FACTS.trade_names[0]}
    return {
        "kvk": world.KNOWN,
        "reference": world.REFERENCE,
        "declaration": declared,
        "company": company,
        "contact": dict(world.CONTACT),
    }
