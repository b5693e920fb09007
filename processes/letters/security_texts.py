"""The default texts of the mails about the security of the portal."""

NOTICED = """\
# Let op: noodtoegang

Beste {naam},

{gebeurtenis}

Dat was op {tijdstip}. Noodtoegang is er voor als inloggen op de gewone manier niet kan. \
Weet u hier niets van? Bel dan meteen een beheerder.

U vindt wat er is gebeurd in het logboek van {website}
"""
