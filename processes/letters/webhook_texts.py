"""The e-mail about a webhook of a company that turned itself off."""

from processes.letters.letter_text import BASE, NAME, LetterText

_OFF = """\
# De webhook “{webhook}” staat uit

Beste {naam},

Wij sturen geen berichten meer naar de webhook “{webhook}” van {aanbieder}. \
De berichten kwamen niet aan.

## Wat u nu doet

1. Vraag de beheerder van uw programma wat er aan de hand is.
2. Is het opgelost? Laat een beheerder van uw organisatie de webhook weer aanzetten, op {pagina}

Berichten die wachten, gaan daarna alsnog. Berichten die niet aankwamen, stuurt u daar opnieuw.

Wilt u deze e-mail niet meer? Kies dat op {website}/taken/berichten
"""
WEBHOOK_OFF = LetterText(
    "webhook-off",
    "Bericht dat een webhook uit staat",
    "Naar de contactpersoon, als bij een webhook van de aanbieder een dag lang niets aankwam, of "
    "het programma zegt dat het adres niet meer bestaat.",
    "De webhook “{webhook}” staat uit",
    _OFF,
    {
        **NAME,
        **BASE,
        "webhook": "de naam die de aanbieder aan de webhook gaf",
        "pagina": "het adres van de pagina van de webhook",
    },
    frozenset({"pagina"}),
)
