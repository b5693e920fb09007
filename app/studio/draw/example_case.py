"""A case with a made-up company, around which a form is shown before anybody uses it."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

from app.web.form_pages.cases import FormCase, rows_of_contact
from forms.registry import FORMS
from processes.base import now
from processes.letters.summaries import known_rows, typed_rows
from processes.register.example_contact import EXAMPLE_CONTACT
from processes.register.providers.providers import TradeRegisterExtract
from processes.tryout import world


class ExampleCase(FormCase):
    """A company of the example world."""

    @property
    def extract(self) -> TradeRegisterExtract:
        facts = world.FACTS.as_json() if self.kvk == world.KNOWN else None
        outcome = "found" if facts else "unknown"
        said = SimpleNamespace(facts=facts, source="voorbeeld", outcome=outcome, asked_at=now())
        return cast("TradeRegisterExtract", said)

    def provider_context(self) -> dict[str, Any]:
        facts = self.extract.facts
        rows = known_rows(facts) if facts else typed_rows({"name": "Voorbeeld Academie"})
        return {
            "provider": None,
            "company": [("KvK-nummer", self.kvk), *rows],
            "contact": rows_of_contact(EXAMPLE_CONTACT),
            "declaration": None,
        }


def example_variables() -> dict[str, Any]:
    """What a process about this company knows when every form was filled in."""
    known: Mapping[str, Any] = {"kvk": world.KNOWN, "reference": world.REFERENCE}
    case = ExampleCase(world.KNOWN, known)
    given = dict(known)
    for form_class in FORMS.values():
        given |= form_class.page.example(case)
    return given
