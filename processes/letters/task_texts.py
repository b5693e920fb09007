"""The default texts of the mails about tasks and saved searches."""

DIGEST = """\
# Uw taken van vandaag

Beste {naam},

{taken}

U vindt alles op {website}/taken

Wilt u deze e-mail niet meer? Kies dat op {website}/taken/berichten
"""

HANDED_OVER = """\
# U hebt een taak gekregen

Beste {naam},

Iemand heeft een taak aan u overgedragen: {taak}

U vindt de taak op {pagina}

Wilt u deze e-mail niet meer? Kies dat op {website}/taken/berichten
"""

LATE = """\
# Lang te laat: {aantal}

Beste collega,

Van deze taken is de uiterste datum al vijf werkdagen voorbij:

{taken}

Wie de taken kan doen, kreeg al een herinnering. Kijk of iemand anders ze kan overnemen, op \
{website}/taken

U krijgt over elke taak één keer bericht.
"""

REMINDER = """\
# Dit wacht nog op u

Beste {naam},

{punten}

U vindt uw activiteiten op {website}/aanbod. Een aanmelding maakt u af op {website}/aanmelding

Bij een activiteit die bijna is afgelopen, kunt u een latere einddatum instellen. \
Klopt het zo? Dan hoeft u niets te doen.

Wilt u deze e-mail niet meer? Kies dat op {website}/taken/berichten
"""

SEARCHES = """\
# Nieuw in de catalogus

Beste {naam},

Deze activiteiten passen bij wat u hebt bewaard:

{nieuw}

Uw zoekopdrachten wijzigt u op {website}/portfolio/zoekopdrachten

Wilt u deze e-mail niet meer? Meld u af op {afmelden}
"""
