"""The default texts of the mails about tasks."""

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
