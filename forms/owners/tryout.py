"""Forms of the try-out: start, answer a job, let time pass, send an event, save a scenario."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from wtforms import Form
from wtforms.validators import ValidationError

from forms.choices import ChoiceField, DropDownField, options
from forms.fields import LineField, TextField
from forms.numbers import CountField
from forms.registry import UserTaskForm
from processes.tryout.scenarios import yaml_text

UNITS = {
    "minuut": ("PT{}M", "minuten"),
    "uur": ("PT{}H", "uur"),
    "dag": ("P{}D", "dagen"),
    "week": ("P{}W", "weken"),
    "maand": ("P{}M", "maanden"),
}
LONGEST = 9999
NO_CODES: Mapping[str, str] = MappingProxyType({})


class ValuesField(TextField):
    """Variables as YAML, one per line: “naam: waarde”."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, limit=20_000, **kwargs)

    @property
    def values(self) -> dict[str, Any]:
        """The variables; empty where nothing was filled in."""
        read = yaml_text.read(self.data or "")
        return dict(read) if read else {}

    def pre_validate(self, _form: Any) -> None:
        """A mapping with valid names. Raises ValidationError."""
        try:
            read = yaml_text.read(self.data or "")
        except yaml_text.BadYamlError as error:
            raise ValidationError(error.reason) from error
        if read is not None and not isinstance(read, dict):
            message = "Schrijf op elke regel “naam: waarde”, bijvoorbeeld “aantal: 3”."
            raise ValidationError(message)


def error_label(code: str, name: str) -> str:
    """A BPMN error in words: the name of the event that catches it, if it has one."""
    return f"fout: {name.lower()} ({code})" if name else f"fout “{code}”"


def lines_of(values: Mapping[str, Any]) -> str:
    """Variables in the notation of ValuesField."""
    return yaml_text.write(values) if values else ""


class BeginForm(UserTaskForm):
    """How an instance begins; the fields of its start form are added to it."""

    beside = frozenset({"company", "begin_at", "key", "values"})

    company = ChoiceField("Voor welk bedrijf?", required="Kies een bedrijf.", choices=())
    key = LineField(
        "Zaaknummer", description="Laat dit leeg voor het gewone zaaknummer van dit proces."
    )
    values = ValuesField(
        "Extra gegevens waarmee de zaak begint",
        description="Op elke regel: naam: waarde. Bijvoorbeeld: aantal: 3.",
    )

    begin_at = ChoiceField("Waar begint de zaak?", choices=())

    @classmethod
    def among(
        cls, companies: Sequence[tuple[str, str]], starts: Sequence[tuple[str, str]]
    ) -> type["BeginForm"]:
        """The form for these companies (number, name) and start events (id, name)."""
        company = ChoiceField("Voor welk bedrijf?", required="Kies een bedrijf.", choices=companies)
        required = "Kies waar de zaak begint." if len(starts) > 1 else None
        begin_at = ChoiceField("Waar begint de zaak?", required=required, choices=starts)
        return type("BeginForm", (cls,), {"company": company, "begin_at": begin_at})


class AnswerForm(Form):
    """The result of a job or automatic step."""

    answer = ChoiceField("Hoe loopt het af?", required="Kies hoe het afloopt.", choices=())
    other = LineField(
        "Andere foutcode", limit=100, description="Alleen als u hierboven “andere fout” kiest."
    )
    values = ValuesField("Gegevens die terugkomen", description="Op elke regel: naam: waarde.")

    def __init__(self, *args: Any, codes: Mapping[str, str] = NO_CODES, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answer.choices = options(
            [
                ("ok", "Gelukt"),
                *(
                    (f"error {code}", error_label(code, name).capitalize())
                    for code, name in codes.items()
                ),
                ("error", "Een andere fout"),
                ("failure", "Technisch mislukt, ook na alle pogingen"),
            ]
        )

    def validate_other(self, field: LineField) -> None:
        """Required for an error with another code. Raises ValidationError."""
        if self.answer.data == "error" and not field.data:
            message = "Vul de foutcode in."
            raise ValidationError(message)

    @property
    def kind(self) -> str:
        """ok, error or failure."""
        return str(self.answer.data).partition(" ")[0]

    @property
    def code(self) -> str:
        """The code of the error that was chosen."""
        if self.kind != "error":
            return ""
        return str(self.answer.data).partition(" ")[2] or str(self.other.data)


class InsteadForm(Form):
    """Stubs an automatic step."""

    which = DropDownField("Welke stap, en hoe?", required="Kies een stap.", choices=())

    @classmethod
    def for_steps(cls, steps: Sequence[tuple[str, str]]) -> type["InsteadForm"]:
        """The form for these steps: value and label."""
        field = DropDownField("Welke stap, en hoe?", required="Kies een stap.", choices=steps)
        return type("InsteadForm", (cls,), {"which": field})


class WaitForm(Form):
    """How much time to let pass."""

    number = CountField("Hoeveel?", required="Vul een getal in, bijvoorbeeld 1.")
    unit = DropDownField(
        "Eenheid",
        required="Kies een eenheid.",
        choices=[(name, words) for name, (_iso, words) in UNITS.items()],
    )

    def validate_number(self, field: CountField) -> None:
        """Within the maximum. Raises ValidationError."""
        if field.data and int(str(field.data)) > LONGEST:
            message = f"Vul een getal in van 1 tot en met {LONGEST}."
            raise ValidationError(message)

    @property
    def length(self) -> str:
        """An ISO 8601 duration."""
        iso, _words = UNITS[str(self.unit.data)]
        return iso.format(self.number.data)


class EventForm(Form):
    """The variables of a message or signal."""

    values = ValuesField("Gegevens die meekomen", description="Op elke regel: naam: waarde.")


class KeepScenarioForm(Form):
    """The name of a scenario."""

    name = LineField(
        "Naam van het scenario",
        required="Geef het scenario een naam.",
        limit=120,
        description="Zeg wat er gebeurt, bijvoorbeeld: Het bedrijf is niet bekend.",
    )


class ScenarioReasonForm(Form):
    """The reason of a change to a scenario; stored."""

    reason = TextField("Waarom?", required="Schrijf op waarom dit scenario verandert.", limit=500)
