"""A field for files: what it holds are references to files that are kept already.

The page carries each reference, signed, in a hidden field, so that a file survives whatever else
is wrong on the form. New files arrive under another name, and are kept before the form is judged.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup
from wtforms import Field
from wtforms.utils import unset_value

from processes.dutch import decimal_text
from processes.platform.signed_links import BadLinkError, sealed, unsealed
from processes.reading.file_kinds import KINDS, MEGABYTE

PURPOSE = "uploaded file"
NEW, GONE = "-nieuw", "-weg"  # after the name of the field: what is added, what is taken away
KILOBYTE = 1024
PARTS = {"id": str, "name": str, "size": int, "type": str}

Reference = dict[str, Any]
"""What a process variable holds of a file: `id`, `name`, `size` in bytes, media `type`."""


def token_of(reference: Mapping[str, Any]) -> str:
    """The reference as the page carries it."""
    return sealed(PURPOSE, [reference[each] for each in PARTS])


def reference_in(token: str) -> Reference | None:
    """The reference that a token carries; None where it is not one of ours."""
    try:
        values = unsealed(PURPOSE, token)
    except BadLinkError:
        return None
    return dict(zip(PARTS, values, strict=True))


def references_in(value: Any) -> list[Reference]:
    """The references in a process variable; what is none is left out."""
    listed = value if isinstance(value, list) else []
    return [{name: each[name] for name in PARTS} for each in listed if _is_reference(each)]


def _is_reference(value: Any) -> bool:
    is_mapping = isinstance(value, Mapping)
    return is_mapping and all(isinstance(value.get(name), kind) for name, kind in PARTS.items())


def size_text(size: int) -> str:
    """A number of bytes as people read it."""
    if size < MEGABYTE:
        return f"{max(round(size / KILOBYTE), 1)} kB"
    return f"{decimal_text(round(size / MEGABYTE, 1))} MB"


def in_words(kinds: Iterable[str]) -> str:
    """These kinds of files, for who may send one of them."""
    *first, last = (KINDS[name].label for name in kinds)
    return f"{', '.join(first)} of {last}" if first else last


def described(reference: Mapping[str, Any]) -> str:
    """A file in words: its name and size."""
    return f"{reference['name']} ({size_text(reference['size'])})"


def linked(references: Iterable[Mapping[str, Any]]) -> Markup:
    """The files as links to them, one on each line."""
    line = Markup('<a class="utrecht-link utrecht-link--html-a" href="/bestanden/{}">{}</a>')
    return Markup("<br>").join(line.format(each["id"], described(each)) for each in references)


class UploadField(Field):
    """Its data is a list of references."""

    def __init__(
        self,
        label: str,
        *,
        kinds: Sequence[str],
        megabytes: int,
        most: int,
        required: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.kinds, self.megabytes, self.most, self.message = kinds, megabytes, most, required
        self.refused: Sequence[str] = ()
        if required:
            self.flags.required = True

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Read the references that the page carries, but for those that were taken away."""
        super().process(formdata, data, extra_filters)
        if formdata is None:
            return
        gone = set(formdata.getlist(self.name + GONE))
        self.raw_data = [each for each in self.raw_data or [] if each and each not in gone]
        found = {each: reference_in(each) for each in self.raw_data}
        self.data = [each for each in found.values() if each is not None]
        self.refused = getattr(formdata, "refused", {}).get(self.name, ())
        lost = formdata.getlist(self.name + NEW)  # the names alone came through
        self.errors = [f"“{name}” is niet bewaard. Voeg het opnieuw toe." for name in lost]

    def process_data(self, value: Any) -> None:
        self.data = references_in(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """`process` reads them."""

    @property
    def kinds_text(self) -> str:
        """The kinds that may be sent, in words."""
        return in_words(self.kinds)

    @property
    def accept(self) -> str:
        """What a browser offers to choose from."""
        return ",".join(suffix for name in self.kinds for suffix in KINDS[name].suffixes)

    @property
    def rule(self) -> str:
        """What may be added, in words."""
        number = "Eén bestand" if self.most == 1 else f"Hoogstens {self.most} bestanden, elk"
        return f"{number} van hoogstens {self.megabytes} MB: {self.kinds_text}."

    @property
    def tokens(self) -> list[tuple[str, Reference]]:
        """Each reference with what the page carries of it."""
        return [(token_of(each), each) for each in self.data]

    @property
    def written(self) -> list[str]:
        """The files in words."""
        return list(map(described, self.data))

    def validate(self, form: Any, extra_validators: Iterable[Any] = ()) -> bool:  # noqa: ARG002
        """Tell what was refused, whether too many were added, and whether any is missing."""
        self.errors = list(self.refused)
        if len(self.data) > self.most:
            self.errors.append(f"Voeg hoogstens {_counted(self.most)} toe.")
        if self.message and not self.data and not self.errors:
            self.errors.append(self.message)
        return not self.errors


def _counted(number: int) -> str:
    return "1 bestand" if number == 1 else f"{number} bestanden"
