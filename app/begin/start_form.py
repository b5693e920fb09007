"""The start form of a process: its drawn fields, and for whom a member of staff begins."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import ValidationError

from app.web.access import Role, User
from app.web.db import db
from app.web.form_pages.prefill import facts_for
from app.web.form_pages.start_forms import Rows, StartCase, own_rows, start_form_class
from forms.drawn.generated import name_of, on_page, shown
from forms.fields import EmailField, KvkNumberField
from forms.registry import UserTaskForm, form_of
from forms.uploads import reference_in
from processes.engine.diagram.beginning import Beginning
from processes.engine.tasks.files import Place
from processes.register.providers.providers import Provider, provider_of

CHOSEN = "aanbieder"  # in the address of the form: a KvK number, or nothing for no provider


class StartForm(UserTaskForm):
    """The answers with which a process begins."""

    asks_provider: ClassVar[bool] = False

    @property
    def on_behalf_of(self) -> str | None:
        """The KvK number of the provider for whom a member of staff begins."""
        return None

    @property
    def provider(self) -> Provider | None:
        """The provider of that number, if the register has it."""
        return None


class OnBehalfForm(StartForm):
    """With the question for which provider."""

    beside = frozenset({"company"})
    asks_provider = True

    company = KvkNumberField(
        "Namens welke aanbieder? Vul het KvK-nummer in.",
        description="Laat dit leeg als de zaak niet bij één aanbieder hoort.",
    )

    @property
    def provider(self) -> Provider | None:
        number = self.on_behalf_of
        return provider_of(db.session(), number) if number else None

    @property
    def on_behalf_of(self) -> str | None:
        number: str | None = self.company.data
        return number

    def validate_company(self, field: KvkNumberField) -> None:
        """Only a provider of the register. Raises ValidationError."""
        if field.data and self.provider is None:
            message = "Dit KvK-nummer is niet van een aanbieder in het register."
            raise ValidationError(message)


def is_on_behalf(begun: Beginning, user: User) -> bool:
    """Whether this user begins it on behalf of a provider: staff, where providers may begin it.

    By what binds a company, only its own people begin.
    """
    is_for_companies = Role.PROVIDER in begun.groups and form_of(begun.form_key).binds is None
    return is_for_companies and Role.REGISTRAR in user.roles


def form_class_of(begun: Beginning, user: User) -> type[StartForm]:
    """The start form as this user gets it."""
    base = OnBehalfForm if is_on_behalf(begun, user) else StartForm
    kvk = start_case(begun, user).kvk or None
    facts = facts_for(
        db.session(), begun.form_fields, kvk=kvk, process_key=begun.key, starter_id=user.id
    )
    return start_form_class(base, begun, start_case(begun, user), facts)


def start_case(begun: Beginning, user: User) -> StartCase:
    """The company that the case is for: of who begins, or the provider that staff chose."""
    if is_on_behalf(begun, user):
        return StartCase(chosen_provider())
    return StartCase(user.kvk if Role.PROVIDER in user.roles else None)


def chosen_provider() -> str | None:
    """The KvK number of a provider in the form that was sent, else in the address."""
    sent = request.form.get("company") if request.method == "POST" else request.args.get(CHOSEN)
    chosen = OnBehalfForm(MultiDict({"company": sent or ""}))
    return chosen.provider.kvk if chosen.provider is not None else None


def provider_for(form: StartForm, user: User) -> tuple[str | None, Provider | None]:
    """The KvK number that the case belongs to, and its provider if the register has one."""
    kvk = user.kvk if Role.PROVIDER in user.roles else form.on_behalf_of
    return kvk, provider_of(db.session(), kvk) if kvk else None


def address_for_receipt(form: StartForm) -> str | None:
    """The first e-mail address that was filled in."""
    asked = [*form.own_fields, *(field for _drawn, field in form.drawn_fields)]
    typed = (each.data for each in asked if isinstance(each, EmailField))
    return next((str(each) for each in typed if each), None)


def start_place(user: User) -> Place:
    """Where the files of a start form are kept until its case begins."""
    return Place(user.person.reference)


def rows_of(
    begun: Beginning, answers: Mapping[str, Any], kvk: str | None = None, *, links: bool = True
) -> Rows:
    """The questions with the answers, as people read them; files with links, for who logged in."""
    drawn = [each for each in begun.form_fields if each.id in answers and each.is_shown(answers)]
    told = on_page if links else shown
    rows = [(each.label, told(each, answers[each.id])) for each in drawn]
    return [*own_rows(begun, answers, kvk), *rows]


def typed_elsewhere(begun: Beginning, form: StartForm, typed: Mapping[str, str]) -> Rows:
    """What was typed in a form as it was before, in fields that this form no longer has."""
    names = [(name_of(each), each.label) for each in begun.form_fields]
    gone = [(name, label) for name, label in names if name not in form]
    found = ((label, typed.get(name, "").strip()) for name, label in gone)
    return [(label, text) for label, text in found if text and reference_in(text) is None]
