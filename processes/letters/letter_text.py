"""A default text of an e-mail, and the placeholders that several have."""

from collections.abc import Mapping
from dataclasses import dataclass

BASE: Mapping[str, str] = {
    "aanbieder": "de naam waaronder leraren de aanbieder kennen",
    "bedrijf": "de naam in het handelsregister",
    "kvk": "het KvK-nummer",
    "kenmerk": "het kenmerk van de aanmelding",
    "website": "het adres van deze website; zet er een pagina achter, zoals {website}/aanbod",
}
NAME: Mapping[str, str] = {"naam": "de naam van de contactpersoon"}
OFFER: Mapping[str, str] = {"activiteit": "de titel van de activiteit"}
COMMENTS: Mapping[str, str] = {"opmerkingen": "tabel: de opmerkingen per gegeven"}
CONTACT: Mapping[str, str] = {"contactpersoon": "tabel: de contactpersoon"}


@dataclass(frozen=True)
class LetterText:
    """The default text of one mail."""

    kind: str
    title: str
    about: str  # when it is sent, and to whom
    subject: str
    body: str
    variables: Mapping[str, str]  # what may stand between braces, and what it stands for
    required: frozenset[str] = frozenset()  # what the law wants in it (D11: a copy)

    @property
    def key(self) -> str:
        """The key of its edited versions."""
        return f"mail:{self.kind}"
