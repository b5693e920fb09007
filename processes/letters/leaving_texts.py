"""The e-mails to a provider that leaves (R46)."""

from processes.letters.letter_text import BASE, NAME, LetterText

_LEAVING = """\
# U vertrekt als aanbieder

Beste {naam},

{aanbieder} (KvK {kvk}, kenmerk {kenmerk}) stopt als aanbieder. De laatste dag is {dag}. Alles wat \
u had gepubliceerd, heeft die dag als einddatum. Daarna vinden leraren het niet meer in de \
catalogus. Wie een activiteit heeft gevolgd, kan haar nog aan het portfolio toevoegen.

## Wat u nu kunt doen

Download al uw gegevens op {website}/mijn-gegevens

Wilt u toch blijven? Dat kan tot en met de laatste dag, op {website}/bedrijf/vertrekken
"""
_LEFT = """\
# U bent vertrokken als aanbieder

Beste {naam},

{aanbieder} (KvK {kvk}, kenmerk {kenmerk}) is sinds {dag} geen aanbieder meer. De sleutels van uw \
programma's werken niet meer. Inloggen, bekijken en downloaden kan nog.

Uw contactgegevens wissen wij na een half jaar.

Wilt u terugkomen? Log dan in op {website}/bedrijf/vertrekken
"""
LEAVING_LETTERS = (
    LetterText(
        "provider-leaving",
        "Bevestiging van een vertrek",
        "Naar de contactpersoon, als een aanbieder zegt te vertrekken.",
        "{aanbieder} stopt als aanbieder",
        _LEAVING,
        {**NAME, **BASE, "dag": "de laatste dag"},
        frozenset({"dag"}),
    ),
    LetterText(
        "provider-left",
        "Bericht na een vertrek",
        "Naar de contactpersoon, na de laatste dag.",
        "{aanbieder} is geen aanbieder meer",
        _LEFT,
        {**NAME, **BASE, "dag": "de dag van het vertrek"},
    ),
)
