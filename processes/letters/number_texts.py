"""The e-mails about a KvK number that goes over, and about providers that are merged (R59)."""

from collections.abc import Mapping

from processes.letters.letter_text import BASE, NAME, LetterText

NEW: Mapping[str, str] = {"nieuw_kvk": "het nieuwe KvK-nummer"}
FORMER: Mapping[str, str] = {
    "vorig_kvk": "het KvK-nummer dat vervalt",
    "vorige_naam": "de naam van wie verdwijnt",
}

_ASKED = """\
# Uw registratie naar een ander KvK-nummer

Beste {naam},

Wij willen de registratie van {aanbieder} (KvK {kvk}, kenmerk {kenmerk}) overzetten naar \
KvK-nummer {nieuw_kvk}. Uw aanbod, uw mensen en uw gegevens gaan mee. Leraren merken er niets van.

## Wat wij van u vragen

1. Log in met het oude nummer en geef akkoord, uiterlijk {uiterlijk}, op {website}/taken
2. Log ook in met het nieuwe nummer en geef akkoord, op {website}/aanmelding

Kunt u niet meer inloggen met het oude nummer? Neem dan contact met ons op: {website}/contact
"""
_DONE = """\
# Uw registratie staat bij een ander KvK-nummer

Beste {naam},

De registratie van {aanbieder} (kenmerk {kenmerk}) staat nu bij KvK-nummer {kvk}. Het oude nummer, \
{vorig_kvk}, verwijst daarnaar.

## Wat u nu doet

Log voortaan in met het nieuwe nummer. Inloggen met het oude nummer kan niet meer. Sleutels van uw \
eigen programma's maakt u opnieuw, op {website}/koppelingen
"""
_STOPPED = """\
# Uw registratie blijft bij hetzelfde KvK-nummer

Beste {naam},

Wij zetten de registratie van {aanbieder} (KvK {kvk}, kenmerk {kenmerk}) niet over naar KvK-nummer \
{nieuw_kvk}.

## Waarom

{reden}

Bent u het er niet mee eens? Hoe u bezwaar maakt, leest u op {website}/bezwaar
"""
_MERGED = """\
# {vorige_naam} is samengevoegd met {aanbieder}

Beste lezer,

{vorige_naam} (KvK {vorig_kvk}) en {aanbieder} (KvK {kvk}) stonden apart in het register. Wij \
hebben ze samengevoegd. Het aanbod van beide staat nu bij {aanbieder}. Wat leraren in hun \
portfolio hebben, blijft daar.

## Wat u nu doet

Log in met KvK-nummer {kvk} en bekijk het aanbod, op {website}/aanbod

Staat iets nu dubbel? Geef een van de twee een einddatum.

Bent u het er niet mee eens? Hoe u bezwaar maakt, leest u op {website}/bezwaar
"""
NUMBER_LETTERS = (
    LetterText(
        "transfer-asked",
        "Vraag om akkoord met een ander KvK-nummer",
        "Naar de contactpersoon, als een medewerker de registratie wil overzetten.",
        "{aanbieder}: akkoord met een ander KvK-nummer?",
        _ASKED,
        {**NAME, **BASE, **NEW, "uiterlijk": "de laatste dag om akkoord te geven"},
        frozenset({"nieuw_kvk", "uiterlijk"}),
    ),
    LetterText(
        "transfer-done",
        "Bericht dat een registratie is overgezet",
        "Naar de contactpersoon, als de registratie bij het nieuwe KvK-nummer staat.",
        "{aanbieder} staat nu bij KvK-nummer {kvk}",
        _DONE,
        {**NAME, **BASE, "vorig_kvk": FORMER["vorig_kvk"]},
        frozenset({"kvk", "vorig_kvk"}),
    ),
    LetterText(
        "transfer-stopped",
        "Bericht dat een registratie niet wordt overgezet",
        "Naar de contactpersoon, als een medewerker de registratie niet overzet.",
        "{aanbieder} blijft bij KvK-nummer {kvk}",
        _STOPPED,
        {**NAME, **BASE, **NEW, "reden": "de redenen die de medewerker gaf"},
        frozenset({"reden"}),
    ),
    LetterText(
        "providers-merged",
        "Bericht dat aanbieders zijn samengevoegd",
        "Naar de contactpersonen van beide aanbieders.",
        "{vorige_naam} is samengevoegd met {aanbieder}",
        _MERGED,
        {**BASE, **FORMER},
        frozenset({"vorige_naam", "kvk"}),
    ),
)
