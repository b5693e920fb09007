"""The start form of a process: the form that its start event names, with the drawn fields below."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar, cast

from flask import current_app
from markupsafe import Markup
from wtforms import BooleanField, Field, Form, HiddenField, SelectFieldBase

from app.web.db import db
from app.web.form_pages.cases import FormCase, context_of_provider
from app.web.form_pages.company_facts import extract_for
from forms.drawn.form import NOTHING
from forms.drawn.generated import with_fields
from forms.pages import Case
from forms.registry import UserTaskForm, form_class_for, form_of
from processes.dutch import date_in_words
from processes.engine.diagram.beginning import Beginning
from processes.register.declarations import keep_answers
from processes.register.providers.providers import TradeRegisterExtract, provider_of
from processes.register.providers.trade_register import UNKNOWN, extract_of

AnyForm = TypeVar("AnyForm", bound=Form)
Rows = list[tuple[str, str]]


class StartCase(FormCase):
    """The company for which a case is about to begin; "" where it is nobody's in particular."""

    def __init__(self, kvk: str | None, *, may_ask: bool = True) -> None:
        super().__init__(kvk or "", {})
        self.may_ask = may_ask  # the trade register; never inside a transaction

    @property
    def extract(self) -> TradeRegisterExtract:
        if not self.kvk:
            return kept_extract("")
        return extract_for(self.kvk) if self.may_ask else kept_extract(self.kvk)

    def provider_context(self) -> dict[str, Any]:
        return context_of_provider(provider_of(db.session(), self.kvk))


def kept_extract(kvk: str) -> TradeRegisterExtract:
    """What the trade register answered before; nothing is asked, so no transaction waits for it."""
    known = extract_of(db.session(), kvk) if kvk else None
    nothing = TradeRegisterExtract(kvk=kvk, outcome=UNKNOWN, facts=None, source="")
    return known or nothing


def keep_declared(begun: Beginning, answers: Mapping[str, Any], kvk: str | None, by: str) -> None:
    """The register keeps what a company declares, wherever the form of that stands (R19)."""
    if kvk is not None and "declaration" in form_of(begun.form_key).gives:
        keep_answers(db.session(), kvk=kvk, by=by, **answers["declaration"])


def start_form_class(
    base: type[AnyForm], begun: Beginning, case: Case, facts: Mapping[str, Any] = NOTHING
) -> type[AnyForm]:
    """A form of this class that also asks what the process asks of who begins it."""
    made: type[Form] = base
    if begun.form_key:
        asked = form_class_for(begun.form_key, case)
        bases = (asked,) if issubclass(asked, base) else (base, asked)
        made = type(base.__name__, bases, {"is_going_back": False})
    return cast("type[AnyForm]", with_fields(cast("Any", made), begun.form_fields, facts))


def block_of_page(begun: Beginning, block: str, form: Form, case: Case) -> Markup:
    """A block of the page of the form that the start event names; nothing where it names none."""
    if not begun.form_key:
        return Markup("")
    page = form_of(begun.form_key).page
    return rendered_block(page.template, block, {**page.around(case), "form": form})


def rendered_block(template: str, block: str, context: Mapping[str, Any]) -> Markup:
    """A block of a template by itself, with the macros that all pages of forms have."""
    environment = current_app.jinja_env
    found = environment.get_template(template)
    render = found.blocks.get(block)
    if render is None:
        return Markup("")
    macros = {
        name: environment.get_template(f"macros/{name}.html").module for name in ("fields", "parts")
    }
    given = {**context, **macros}
    current_app.update_template_context(given)
    return Markup("").join(map(Markup, render(found.new_context(given))))


def own_rows(begun: Beginning, answers: Mapping[str, Any], kvk: str | None) -> Rows:
    """The questions of the form that the start event names, with the answers, in words."""
    if not begun.form_key:
        return []
    form_class = start_form_class(UserTaskForm, begun, StartCase(kvk, may_ask=False))
    form = form_class(None, data=form_class.data_from(answers))
    asked = [each for each in form.own_fields if not isinstance(each, HiddenField)]
    rows = [(str(each.label.text), _written(each)) for each in asked if str(each.label.text)]
    return [(label, text) for label, text in rows if text]


def choices_of(field: Field) -> dict[str, str]:
    """Value and label of what one chooses from; nothing where one types."""
    listed: Any = field.iter_choices() if isinstance(field, SelectFieldBase) else []
    return {str(each.value): str(each.label) for each in listed}


def _written(field: Field) -> str:
    """What was answered, as people read it."""
    if isinstance(field, SelectFieldBase):
        return choices_of(field).get(str(field.data), "")
    if isinstance(field, BooleanField):
        return "Ja" if field.data else ""
    return date_in_words(field.data) if isinstance(field.data, date) else str(field.data or "")
