"""The bodies of the e-mails to who began a process: that it came in, and to confirm an address."""

RECEIVED = """\
# Wij hebben het ontvangen

Wij ontvingen uw bericht op {ontvangen_op}.

{zaak}

Bewaar uw kenmerk. Noem het als u ons iets wilt vragen.

Een kopie van wat u invulde, staat op {kopie}
"""

CONFIRM = """\
# Bevestig uw bericht

U vulde op {ontvangen_op} een formulier in. Het is nog niet verstuurd.

{zaak}

Open deze pagina en kies **Bevestigen en versturen**:

{bevestigen}

Dat kan tot een dag na het invullen. Bewaar deze e-mail: op dezelfde pagina ziet u daarna hoe ver \
wij zijn.

Vulde u niets in? Dan hoeft u niets te doen. Wij verwijderen het na een dag.
"""
