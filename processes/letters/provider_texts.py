"""The bodies of the e-mails to providers about their registration, contact person or suspension."""

CONFIRMED = """\
# Uw aanmelding is bevestigd

Beste {naam},

{aanbieder} is aangemeld als aanbieder. Dit is uw bevestiging, met een kopie van wat er is ingevuld.

{overzicht}

## Wat u nu doet

Controleer uw aanbod en publiceer het. Log daarvoor in op {website}/aanbod

Pas na publiceren zien leraren uw activiteiten in de catalogus.

## Kwaliteitseisen

{antwoorden}

## Bedrijfsgegevens

{bedrijfsgegevens}

## Contactpersoon

{contactpersoon}

Klopt er iets niet? Log in en wijzig het op {website}/bedrijf
"""

CHANGED = """\
# U bent nu contactpersoon

Beste {naam},

{aanbieder} (KvK {kvk}, kenmerk {kenmerk}) heeft u opgegeven als contactpersoon. Vanaf nu sturen \
wij berichten over de aanmelding en het aanbod naar u.

{contactpersoon}

Klopt dit niet? Neem contact op met het bedrijf, of met ons.
"""

NOTICE = """\
# De contactpersoon is gewijzigd

{aanbieder} (KvK {kvk}, kenmerk {kenmerk}) heeft een andere contactpersoon of een ander \
e-mailadres opgegeven. Wij sturen berichten vanaf nu niet meer naar dit adres.

Wist u dit niet? Vraag het na bij het bedrijf, of neem contact met ons op.
"""

INVITED = """\
# U bent uitgenodigd om mee te werken

{uitgenodigd_door} vraagt u om mee te werken voor {aanbieder} (KvK {kvk}), als {recht}.

Neem de uitnodiging aan op {uitnodiging}

U logt daar in met eHerkenning, met een machtiging van het bedrijf. De uitnodiging werkt tot \
{geldig_tot}. Kent u het bedrijf niet? Doe dan niets.
"""

SUSPENDED = """\
# Uw registratie is geschorst

Beste {naam},

{aanbieder} (KvK {kvk}, kenmerk {kenmerk}) is geschorst op {geschorst_op}. De activiteiten van \
{aanbieder} staan daarom niet meer in de catalogus. U kunt nog inloggen en alles bekijken, maar \
niets veranderen.

## Waarom

{reden}

## Bent u het er niet mee eens?

U kunt bezwaar maken tot en met {bezwaar_tot}. Hoe dat gaat, leest u op {website}/bezwaar
"""

REINSTATED = """\
# Uw registratie is niet meer geschorst

Beste {naam},

De schorsing van {aanbieder} (KvK {kvk}, kenmerk {kenmerk}) is voorbij. Wat u had gepubliceerd, \
staat weer in de catalogus. U kunt uw aanbod weer wijzigen op {website}/aanbod
"""

ASK_AGAIN = """\
# De kwaliteitseisen zijn veranderd

Beste {naam},

Er is een nieuwe versie van de kwaliteitseisen voor aanbieders. Wilt u voor {aanbieder} (KvK \
{kvk}) opnieuw verklaren dat u eraan voldoet? Dat kan tot en met {uiterlijk}.

Log in op {website}/taken en beantwoord elke eis met ja of nee.

Uw aanbod blijft intussen zichtbaar. Lukt het niet op tijd, of voldoet u nog niet aan een eis? Dan \
neemt een medewerker van het register met u op hoe het verder gaat.
"""
