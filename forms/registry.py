"""Registry of the forms of user tasks by form key; base class of those forms."""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar, Self, TypeVar, cast

from wtforms import Field, Form
from wtforms.fields import SubmitField
from wtforms.fields.core import UnboundField

from forms.pages import Case, Page

Raw = Mapping[str, list[str]]


class Binds(StrEnum):
    """Who binds a company by a form: a person who logged in, with a mandate for all of it (R55).

    No program, operator or command does it instead. The values are those of the right (R54).
    """

    EDITOR = "bewerker"
    ADMINISTRATOR = "beheerder"


class UserTaskForm(Form):
    """Base class of the forms of user tasks. Fields that are not declared are ignored."""

    form_key: ClassVar[str] = ""
    form_title: ClassVar[str] = ""
    form_description: ClassVar[str] = ""
    form_group: ClassVar[str] = "provider"
    gives: ClassVar[frozenset[str]] = frozenset()  # the names of its variables
    takes_fields: ClassVar[bool] = True  # the page shows fields that the diagram adds
    beside: ClassVar[frozenset[str]] = frozenset()  # names of fields that the page itself asks
    json_names: ClassVar[Mapping[tuple[str, ...], str]] = MappingProxyType({})
    """Of a form that programs may fill in: the path of a variable, and which field takes it."""
    page: ClassVar[Page] = Page()
    binds: ClassVar[Binds | None] = None
    """Of a form that is an act of a person for a company, such as a declaration: who may do it."""

    class Meta:
        locales = ("nl",)

    def variables(self) -> dict[str, Any]:
        """The process variables that completing the task sets; JSON types only."""
        return {}

    @property
    def is_going_back(self) -> bool:
        """Whether the user goes to another step: input is kept, not validated."""
        return False

    @property
    def drawn_fields(self) -> list[tuple[Any, Field]]:
        """The fields that the diagram adds, as drawn; see `forms.drawn.generated`."""
        return []

    @property
    def drawn_runs(self) -> list[Any]:
        """The same, under the headings of their groups."""
        return []

    def boxes_after(self, changed: str) -> tuple[list[Any], list[Any]]:  # noqa: ARG002 - none drawn
        """The drawn field of this name, judged, and those that appear or disappear by it."""
        return [], []

    @property
    def takes_files(self) -> bool:
        """Whether files are sent with it."""
        return False

    @property
    def own_fields(self) -> list[Field]:
        """The fields of the form itself."""
        return [field for field in self if field.name not in self.beside]

    @property
    def fields_beside(self) -> list[Field]:
        """What the page asks beside the form."""
        return [field for field in self if field.name in self.beside]

    def draft(self) -> dict[str, Any]:
        """Every input as it was typed, valid or not."""
        return {
            field.name: list(field.raw_data or [])
            for field in self
            if not isinstance(field, SubmitField)
        }

    @classmethod
    def data_from(cls, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Earlier answers as `data` for a new form."""
        return {key: value for key, value in variables.items() if hasattr(cls, key)}

    @classmethod
    def from_draft(cls, draft: Raw) -> Self:
        """The form with the input of a draft."""
        return cls(Draft(draft))


class Draft:
    """A saved draft in the shape of form data that WTForms reads."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return max(len(self._raw), 1)  # an empty one is a form left blank, not a form never seen

    def __contains__(self, name: object) -> bool:
        return bool(self._raw.get(str(name)))

    def getlist(self, name: str) -> list[str]:
        return [str(value) for value in self._raw.get(name, [])]


FORMS: dict[str, type[UserTaskForm]] = {}
PLAIN = Page()

FormClass = TypeVar("FormClass", bound=type[UserTaskForm])


def user_task_form(
    form_key: str,
    *,
    title: str,
    description: str = "",
    group: str = "provider",
    page: Page = PLAIN,
) -> Callable[[FormClass], FormClass]:
    """Register a form under its form key; real tasks, preview and try-out all have it.

    The title and description are what a process owner reads; the group usually fills it in; the
    page says what is shown around it, and gives examples. Raises ValueError for a key twice.
    """

    def register(form_class: FormClass) -> FormClass:
        if form_key in FORMS:
            message = f"the form key {form_key!r} is registered twice"
            raise ValueError(message)
        form_class.form_key, form_class.form_title = form_key, title
        form_class.form_description, form_class.form_group = description, group
        form_class.page = page
        FORMS[form_key] = form_class
        return form_class

    return register


def names_of(form_class: type[UserTaskForm]) -> frozenset[str]:
    """The names of the fields that a form declares."""
    members = ((name, getattr(form_class, name, None)) for name in dir(form_class))
    return frozenset(name for name, member in members if isinstance(member, UnboundField))


def form_of(form_key: str | None) -> type[UserTaskForm]:
    """The form of a form key; without one of its own a task has a plain page with one button."""
    return FORMS.get(form_key or "", UserTaskForm)


def start_forms() -> dict[str, type[UserTaskForm]]:
    """The forms with which a case may begin, by form key."""
    return {key: form for key, form in FORMS.items() if form.page.begins}


def form_class_for(form_key: str | None, case: Case) -> type[UserTaskForm]:
    """The form of a form key, as it is asked in this case."""
    form_class = form_of(form_key)
    narrow = form_class.page.narrow
    return cast("type[UserTaskForm]", narrow(case)) if narrow else form_class
