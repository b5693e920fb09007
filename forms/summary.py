"""The summary of errors above a form: what each of its lines says."""

from collections.abc import Iterator

from wtforms import Field

from forms.tables import TableField


def named_error(field: Field, message: str, row: str = "") -> str:
    """An error for the summary above a form, with the name of its field before it.

    In a table the row comes first: "Rij 2, naam: …".
    """
    label = str(field.label.text).strip()
    own = {getattr(each, "message", None) for each in field.validators}
    if row:
        is_word = label[1:].partition(" ")[0].rstrip("?:").islower()  # and no name: IBAN, KvK
        label = f"{row}, {label[0].lower() if is_word else label[0]}{label[1:]}" if label else row
    elif not label or message in own or label.lstrip("0123456789. ").lower() in message.lower():
        return message
    return f"{label} {message}" if label.endswith(("?", ":")) else f"{label}: {message}"


def errors_in_words(field: Field) -> str:
    """What is wrong, for where the rows of a table do not tell it: each names its row and field."""
    return " ".join(_rows_in_words(field) if isinstance(field, TableField) else field.errors[:1])


def _rows_in_words(table: TableField) -> Iterator[str]:
    yield from (message for message in table.errors if message != table.wrong_rows)
    for number, row in enumerate(table.entries, start=1):
        for field in row:
            for message in field.errors:
                yield named_error(field, str(message), f"{table.row_name} {number}")
