"""The e-mails to who began a process, or for whom it was begun, and to confirm an address."""

from processes.letters.letter_text import BASE, NAME, LetterText

_RECEIVED = """\
# Wij hebben het ontvangen

Wij ontvingen uw bericht op {ontvangen_op}.

{zaak}

Bewaar uw kenmerk. Noem het als u ons iets wilt vragen.

Een kopie van wat u invulde, staat op {kopie}
"""

_BEGUN_FOR = """\
# Wij begonnen een zaak voor {aanbieder}

Geachte {naam},

Een medewerker van het register begon op {begonnen_op} een zaak namens {aanbieder}.

{zaak}

Log in en kies Zaken om te zien hoe ver het is: {website}/zaken

Wat er is ingevuld, staat op {kopie}

Klopt dit niet? Neem dan contact met ons op en noem het kenmerk: {website}/contact
"""

_CONFIRM = """\
# Bevestig uw bericht

U vulde op {ontvangen_op} een formulier in. Het is nog niet verstuurd.

{zaak}

Open deze pagina en kies "Bevestigen en versturen":

{bevestigen}

Dat kan tot een dag na het invullen. Bewaar deze e-mail: op dezelfde pagina ziet u daarna hoe ver \
wij zijn.

Vulde u niets in? Dan hoeft u niets te doen. Wij verwijderen het na een dag.
"""

CASE_LETTERS = (
    LetterText(
        "case-received",
        "Ontvangstbevestiging",
        "Naar wie zelf een proces begon, meteen na het versturen.",
        "Wij hebben het ontvangen: {proces} ({kenmerk})",
        _RECEIVED,
        {
            "proces": "de naam van het proces",
            "kenmerk": "het kenmerk van de zaak",
            "ontvangen_op": "dag en tijd van het versturen",
            "kopie": "het adres van de pagina met een kopie van de antwoorden",
            "zaak": "tabel: het proces, het kenmerk en het tijdstip",
            "website": BASE["website"],
        },
        frozenset({"kenmerk", "kopie"}),
    ),
    LetterText(
        "case-begun-for-provider",
        "Bericht dat een medewerker een zaak begon",
        "Naar de contactpersoon, als een medewerker van het register namens de aanbieder een "
        "proces begint.",
        "Wij begonnen een zaak voor u: {proces} ({kenmerk})",
        _BEGUN_FOR,
        {
            **NAME,
            "aanbieder": BASE["aanbieder"],
            "proces": "de naam van het proces",
            "kenmerk": "het kenmerk van de zaak",
            "begonnen_op": "dag en tijd",
            "kopie": "het adres van de pagina met een kopie van de antwoorden",
            "zaak": "tabel: het proces, het kenmerk en het tijdstip",
            "website": BASE["website"],
        },
        frozenset({"kenmerk", "kopie"}),
    ),
    LetterText(
        "public-confirm",
        "Bevestiging vragen aan een bezoeker",
        "Naar het adres dat een bezoeker invulde bij een openbaar formulier.",
        "Bevestig uw bericht: {proces}",
        _CONFIRM,
        {
            "proces": "de naam van het proces",
            "ontvangen_op": "dag en tijd van het invullen",
            "bevestigen": "het adres van de pagina om te bevestigen, en om te volgen",
            "zaak": "tabel: het proces en het tijdstip",
            "website": BASE["website"],
        },
        frozenset({"bevestigen"}),
    ),
)
