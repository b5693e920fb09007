"""The form of a notice of an outage: its text, and from when until when."""

import re
from datetime import datetime, timedelta
from typing import Any

from wtforms import Form
from wtforms.validators import ValidationError

from forms.fields import ReadField, TextField
from processes.base import AMSTERDAM, local, now

MOMENT = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4}),? +(\d{1,2})[.:](\d{2})", re.ASCII)
LONGEST = timedelta(days=31)


class MomentField(ReadField):
    """Day and time in the Netherlands, as "31-12-2026 14.30"."""

    MESSAGE = "Vul een dag en een tijd in, bijvoorbeeld 31-12-2026 14.30."
    data: Any

    def shown(self, value: Any) -> str:
        return f"{local(value):%d-%m-%Y %H.%M}"

    def read(self, text: str) -> datetime:
        """The moment. Raises ValueError with what to do about it."""
        found = MOMENT.fullmatch(text)
        if found is None:
            raise ValueError(self.MESSAGE)
        day, month, year, hour, minute = map(int, found.groups())
        try:
            return datetime(year, month, day, hour, minute, tzinfo=AMSTERDAM)
        except ValueError:
            raise ValueError(self.MESSAGE) from None


class OutageForm(Form):
    """What pages tell, and when."""

    text = TextField(
        "Wat moeten bezoekers weten?",
        required="Vul in wat er niet werkt en wat bezoekers kunnen doen.",
        limit=500,
    )
    starts_at = MomentField("Vanaf", required="Vul in vanaf wanneer de melding er staat.")
    ends_at = MomentField("Tot", required="Vul in tot wanneer de melding er staat.")

    def validate_ends_at(self, field: MomentField) -> None:
        """After its beginning, and not over yet. Raises ValidationError."""
        ends, starts = field.data, self.starts_at.data
        if starts is None or ends is None:
            return
        if ends <= starts or ends <= now():
            message = "Kies een later moment: na het begin, en na nu."
            raise ValidationError(message)
        if ends - starts > LONGEST:
            message = "Een melding staat er hoogstens 31 dagen. Kies een eerder moment."
            raise ValidationError(message)
