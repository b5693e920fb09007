"""Forms for editing texts: mails, help, quality requirements."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Self

from wtforms import BooleanField, Field, FieldList, Form, FormField, HiddenField, ValidationError

from forms.fields import LineField, TextField
from processes.register.search.word_lists import problems_of
from processes.register.texts import LONGEST, LONGEST_NOTE, PLACEHOLDER, unknown_placeholders

MOST_REQUIREMENTS = 12
MOST_PROBLEMS = 5  # told at once
TABLE = "tabel"  # begins what is said of a word that stands for a table


class Placeholders:
    """Validator: only allowed placeholders, and all required ones."""

    def __init__(self, allowed: Mapping[str, str], required: Collection[str] = ()) -> None:
        self.allowed, self.required = allowed, required

    def __call__(self, _form: Any, field: Field) -> None:
        text = field.data or ""
        unknown = unknown_placeholders(text, self.allowed)
        if unknown:
            words = ", ".join(f"{{{word}}}" for word in unknown)
            message = f"Dit invulwoord bestaat niet: {words}. Kies een woord uit de lijst."
            raise ValidationError(message)
        if any(brace in PLACEHOLDER.sub("", text) for brace in "{}"):
            message = "Er staat een losse accolade in de tekst. Schrijf een invulwoord als {naam}."
            raise ValidationError(message)
        crowded = [word for word in self._tables() if _is_crowded(text, word)]
        if crowded:
            words = ", ".join(f"{{{word}}}" for word in crowded)
            message = f"Zet een tabel alleen op een regel: {words}."
            raise ValidationError(message)
        missing = [word for word in self.required if f"{{{word}}}" not in text]
        if missing:
            words = ", ".join(f"{{{word}}}" for word in sorted(missing))
            message = f"Deze mail moet een kopie van de antwoorden bevatten. Voeg toe: {words}."
            raise ValidationError(message)

    def _tables(self) -> list[str]:
        return [word for word, said in self.allowed.items() if said.startswith(TABLE)]


def _is_crowded(text: str, word: str) -> bool:
    """Whether this table stands in a line with other words."""
    lines = (line.strip() for line in text.split("\n"))
    return any(f"{{{word}}}" in line and line != f"{{{word}}}" for line in lines)


def _right_lines(_form: Any, field: Field) -> None:
    if problems := problems_of(field.data or ""):
        raise ValidationError(" ".join(problems[:MOST_PROBLEMS]))


class TextForm(Form):
    """One text. `based_on` is the version that was read, for optimistic locking."""

    text = TextField("Tekst", required="Schrijf een tekst.", limit=LONGEST)
    note = LineField("Wat hebt u veranderd?", limit=LONGEST_NOTE)
    based_on = HiddenField(default="0")

    @property
    def version(self) -> int:
        """The version that was read; 0 is the text in the code."""
        sent = str(self.based_on.data or "")
        return int(sent) if sent.isascii() and sent.isdigit() else 0


class WordsForm(TextForm):
    """A list of words for search: a group on each line."""

    text = TextField(
        "Woorden",
        required="Schrijf een groep woorden, of kies “Terug naar de standaardtekst”.",
        limit=LONGEST,
        also=[_right_lines],
    )


class LetterForm(TextForm):
    """A mail: its subject and its text, with placeholders."""

    subject = LineField("Onderwerp", required="Vul een onderwerp in.", limit=150)

    @classmethod
    def about(cls, allowed: Mapping[str, str], required: Collection[str]) -> type[Self]:
        """The form of a mail that may name these words, and must name those."""
        lines = {word: said for word, said in allowed.items() if not said.startswith(TABLE)}
        members = {
            "subject": LineField(
                "Onderwerp",
                required="Vul een onderwerp in.",
                limit=150,
                also=[Placeholders(lines)],
            ),
            "text": TextField(
                "Tekst",
                required="Schrijf een tekst.",
                limit=LONGEST,
                also=[Placeholders(allowed, required)],
            ),
        }
        return type("LetterForm", (cls,), members)


class RequirementForm(Form):
    """One quality requirement; an empty one is dropped."""

    title = LineField("Eis", limit=200)
    explanation = TextField("Uitleg", limit=1000)
    advice = TextField("Advies als iemand niet voldoet", limit=1000)
    asks_url = BooleanField("Vraag bij deze eis naar het webadres van de klachtenregeling")

    PARTS: ClassVar = (
        ("title", "Schrijf de eis op, of maak alle velden van deze eis leeg."),
        ("explanation", "Leg de eis uit."),
        ("advice", "Schrijf op wat iemand kan doen die nog niet voldoet."),
    )

    @property
    def is_empty(self) -> bool:
        return not any(self[name].data for name, _ in self.PARTS)

    def validate(self, extra_validators: Any = None) -> bool:
        is_right = super().validate(extra_validators)
        for name, message in () if self.is_empty else self.PARTS:
            if not self[name].data and not self[name].errors:
                self[name].errors = [message]
                is_right = False
        return is_right


class RequirementsForm(Form):
    """All quality requirements, in order."""

    requirements = FieldList(FormField(RequirementForm), max_entries=MOST_REQUIREMENTS)
    is_example = BooleanField("Dit zijn voorbeeldteksten; zeg dat ook op de pagina")
    based_on = HiddenField(default="0")

    @property
    def filled(self) -> list[dict[str, Any]]:
        """The requirements that are left, numbered from 1 on."""
        kept = [entry.form for entry in self.requirements if not entry.form.is_empty]
        return [
            {
                "number": number,
                "title": form.title.data,
                "explanation": form.explanation.data,
                "advice": form.advice.data,
                "asks_url": form.asks_url.data,
            }
            for number, form in enumerate(kept, start=1)
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        is_right = super().validate(extra_validators)
        if not self.filled:
            self.form_errors.append("Er moet ten minste één eis zijn.")
        if sum(each["asks_url"] for each in self.filled) > 1:
            self.form_errors.append("Vraag bij hoogstens één eis naar het webadres.")
        return is_right and not self.form_errors
