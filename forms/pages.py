"""What stands around a form on its page, the same for a real task, a preview and a try-out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar

from wtforms import Form

from forms.requirements import RequirementSet

Context = dict[str, Any]
Rows = list[tuple[str, str]]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Answered:
    """An answer to a field of another task of the same case, as people read it."""

    id: str
    label: str
    text: str
    page: str = ""  # the same with links, where it has any
    mark: str = ""  # of files: which they are, for another one may have the same name and size


class Case(Protocol):
    """What a page is about: a company and its process, real or made up."""

    @property
    def kvk(self) -> str: ...
    @property
    def variables(self) -> Mapping[str, Any]: ...

    @property
    def facts(self) -> Any:
        """The company in the trade register (`CompanyFacts`); None when it is not known there."""

    @property
    def extract(self) -> Any:
        """What the trade register answered: `source`, `asked_at` and `outcome`."""

    @property
    def answered(self) -> Sequence[Answered]:
        """What was answered to the drawn fields of the other tasks."""

    def day(self, name: str) -> date | None:
        """The day in this variable; None where it holds none."""

    def requirements(self, version: int | None = None) -> RequirementSet:
        """The quality requirements of this version; without one, those that are asked now."""

    def asking(self, make: Callable[[RequirementSet], Made]) -> Made:
        """What is made of the requirements that this task asks; remembered as long as they hold."""

    def answer_rows(self) -> Rows: ...
    def company_rows(self) -> Rows: ...
    def contact_rows(self) -> Rows: ...
    def known_rows(self) -> Rows: ...

    def offer_answers(self) -> Sequence[Answered]:
        """The fields of the offer that the process is about, as people read them."""

    def offer_context(self) -> Context:
        """That offer and what was said about it: `offer`, `reports`, `comments`, `reply`."""

    def older_accounts(self) -> Sequence[Any]:
        """The accounts of the older register that a claim may be about (`OlderAccount`)."""

    def older_accounts_named(self, text: str) -> Sequence[Any]:
        """The accounts with exactly this name or KvK number."""

    def number_plan(self) -> Any:
        """What a transfer or merge of its KvK number would do (`casework.kvk_numbers.Plan`)."""

    def provider_context(self) -> Context:
        """The provider as the staff sees it: `provider`, `company`, `contact`, `declaration`."""


@dataclass(frozen=True)
class Choice:
    """One of the forms with which a task may be completed, where its page has several."""

    name: str
    submit: str  # the text of its button
    form_class: Callable[[Case], type[Form]]


def _nothing(_case: Case) -> Context:
    return {}


@dataclass(frozen=True)
class Page:
    """The page of a form: its template, what it shows besides, and examples of its answers."""

    template: str = "tasks/plain.html"
    narrow: Callable[[Case], Any] | None = None  # the form for this very case
    around: Callable[[Case], Context] = _nothing
    example: Callable[[Case], Context] = _nothing  # variables, as this form would give them
    choices: Sequence[Choice] = ()
    begins: bool = False  # a case may begin with it: it shows nothing of a case that is there
