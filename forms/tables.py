"""A table in a form: rows of the same few questions, of which the empty ones do not count."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import Field

from forms.registry import UserTaskForm

ROWS = 5
"""So many rows a table has where nothing is said."""


class TableField(Field):
    """Its data is a list with the answers of each row that has any."""

    wrong_rows = "Kijk de rijen na."

    def __init__(
        self,
        label: str,
        *,
        row_class: type[UserTaskForm],
        rows: int,
        required: str = "",
        row_name: str = "Rij",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.row_class, self.rows, self.message = row_class, rows, required
        self.row_name = row_name
        self.entries: list[UserTaskForm] = []
        if required:
            self.flags.required = True

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # noqa: ARG002
        """Read the rows from what was sent, else from `data`."""
        self.process_errors, self.errors = [], ()
        given = [row for row in data if isinstance(row, Mapping)] if isinstance(data, list) else []
        self.entries = [
            self.row_class(
                formdata,
                prefix=f"{self.name}-{number}-",
                data=self.row_class.data_from(given[number]) if number < len(given) else {},
            )
            for number in range(self.rows)
        ]

    @property
    def filled(self) -> list[UserTaskForm]:
        """The rows with any answer."""
        return [row for row in self.entries if _has_answer(row)]

    @property
    def data(self) -> list[dict[str, Any]]:
        """The answers of the rows that have any."""
        return [row.variables() for row in self.filled]

    @data.setter
    def data(self, value: Any) -> None:
        """WTForms clears it; the rows hold the data."""

    @property
    def open_rows(self) -> int:
        """How many rows are shown at once: up to the last one with an answer, and one more."""
        filled = [number for number, row in enumerate(self.entries) if _has_answer(row)]
        return min(max(filled, default=-1) + 2, self.rows)

    def validate(self, form: Any, extra_validators: Iterable[Any] = ()) -> bool:  # noqa: ARG002
        """Judge the rows that have an answer, and whether there are any."""
        wrong = [row for row in self.filled if not row.validate()]
        missing = [self.message] if self.message and not self.filled else []
        self.errors = [*missing, *([self.wrong_rows] if wrong else [])]
        return not self.errors

    def draft(self) -> dict[str, list[str]]:
        """Everything as it was typed, by the names on the page."""
        return {name: raw for row in self.entries for name, raw in row.draft().items() if raw}


def _has_answer(row: UserTaskForm) -> bool:
    if any(field.raw_data for field in row):
        return any(str(text).strip() for field in row for text in field.raw_data or ())
    return any(
        field.data not in {None, ""} and field.data is not False  # a box that is not ticked
        for field in row
        if not isinstance(field.data, list)
    )
