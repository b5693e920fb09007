"""The e-mails to a provider that claims offers of the older register (R6)."""

from collections.abc import Mapping
from typing import Any

from processes.letters.letter_text import BASE, NAME, LetterText

ASKED: Mapping[str, str] = {
    "name": "Naam in het oude register",
    "former_kvk": "KvK-nummer in het oude register",
    "account": "Account in het oude register",
    "explanation": "Uitleg",
}
"""What a provider tells of a claim, in the order of the form."""

_RECEIVED = """\
# Wij hebben uw vraag om ouder aanbod

Beste {naam},

{aanbieder} (KvK {kvk}, kenmerk {kenmerk}) vroeg om activiteiten uit het oude register. Dit \
schreef u:

{vraag}

Een medewerker bekijkt of dit aanbod van u is. U krijgt binnen tien werkdagen een antwoord per \
e-mail.
"""
_GRANTED = """\
# Uw oudere aanbod staat klaar

Beste {naam},

Wij hebben uw vraag bekeken. Het oudere aanbod hoort nu bij {aanbieder} (KvK {kvk}, kenmerk \
{kenmerk}). Als concept in uw overzicht: {aantal}. Leraren zien concepten nog niet.

Controleer ze en publiceer ze op {website}/aanbod

Wat er met elke activiteit uit het oude register gebeurde, leest u op {website}/aanbod/overgezet
"""
_NOTHING_NEW = """\
# Uw oudere aanbod hoort nu bij u

Beste {naam},

Wij hebben uw vraag bekeken. Het oudere aanbod hoort nu bij {aanbieder} (KvK {kvk}, kenmerk \
{kenmerk}). Er kwam geen concept bij in uw overzicht.

Waarom niet, leest u per activiteit op {website}/aanbod/overgezet
"""
_REJECTED = """\
# Uw oudere aanbod is niet overgezet

Beste {naam},

Wij hebben de vraag van {aanbieder} (KvK {kvk}, kenmerk {kenmerk}) om ouder aanbod bekeken. Wij \
zetten het niet over.

## Waarom

{reden}

## Wat u kunt doen

Hebt u meer bewijs? Vraag het dan opnieuw, op {website}/bedrijf/ouder-aanbod

Bent u het er niet mee eens? Hoe u bezwaar maakt, leest u op {website}/bezwaar
"""
CLAIM_LETTERS = (
    LetterText(
        "claim-received",
        "Ontvangst van een vraag om ouder aanbod",
        "Naar de contactpersoon, als een aanbieder om activiteiten uit het oude register vraagt.",
        "Wij hebben uw vraag om ouder aanbod",
        _RECEIVED,
        {**NAME, **BASE, "vraag": "tabel: wat de aanbieder invulde"},
        frozenset({"vraag"}),
    ),
    LetterText(
        "claim-granted",
        "Bericht dat ouder aanbod is overgezet",
        "Naar de contactpersoon, als een medewerker het aanbod heeft toegewezen.",
        "Uw oudere aanbod staat klaar",
        _GRANTED,
        {**NAME, **BASE, "aantal": "hoeveel concepten het zijn, zoals: 3 activiteiten"},
        frozenset({"aantal"}),
    ),
    LetterText(
        "claim-granted-nothing",
        "Bericht dat ouder aanbod is toegewezen, en niets werd overgezet",
        "Naar de contactpersoon, als er van het toegewezen aanbod geen concept kwam.",
        "Uw oudere aanbod hoort nu bij u",
        _NOTHING_NEW,
        {**NAME, **BASE},
    ),
    LetterText(
        "claim-rejected",
        "Bericht dat ouder aanbod niet wordt overgezet",
        "Naar de contactpersoon, als een medewerker het aanbod niet toewijst.",
        "Uw oudere aanbod is niet overgezet",
        _REJECTED,
        {**NAME, **BASE, "reden": "de redenen die de medewerker gaf"},
        frozenset({"reden"}),
    ),
)


def claim_rows(claim: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a provider told, as rows to read."""
    return [(label, str(claim[key])) for key, label in ASKED.items() if claim.get(key)]
