"""The summary of errors above a form: what each of its lines says."""

from wtforms import Field


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
