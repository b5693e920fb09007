"""The bodies of the e-mails to providers about what the staff found in an activity."""

CORRECTION = """\
# Wilt u uw activiteit aanpassen?

Beste {naam},

Wij hebben {activiteit} bekeken. Er klopt iets niet, of het is niet duidelijk. Wilt u dit aanpassen?

{opmerkingen}

Leraren zien de activiteit intussen nog in de catalogus. Log in op {website}/taken en pas haar aan.
"""

HIDDEN = """\
# Uw activiteit staat niet meer in de catalogus

Beste {naam},

Wij hebben {activiteit} van {aanbieder} (KvK {kvk}) uit de catalogus gehaald.

## Waarom

{reden}

{opmerkingen}

## Wat u nu doet

Pas de activiteit aan, of leg uit waarom dat niet nodig is. Log daarvoor in op {website}/taken

Wij bekijken de activiteit dan opnieuw. Leraren die haar al volgden, houden haar in hun portfolio.

## Bent u het er niet mee eens?

Hoe u bezwaar maakt, leest u op {website}/bezwaar
"""

SHOWN = """\
# Uw activiteit staat weer in de catalogus

Beste {naam},

Wij hebben {activiteit} van {aanbieder} opnieuw bekeken. Wij halen haar niet langer uit de \
catalogus. Bekijk haar op {website}/aanbod
"""
