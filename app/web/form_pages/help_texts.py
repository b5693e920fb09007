"""Help text at each step: the process owner's, or the default."""

from collections.abc import Mapping

from flask import Flask

from app.web.db import db
from processes.register.texts import newest

HELP: Mapping[str, str] = {
    "quality-requirements": """\
Weet u een antwoord niet zeker? Vraag het na bij een collega. Wat u al invulde, blijft bewaard.

- **Ja**: uw bedrijf voldoet nu aan de eis.
- **Nee**: u voldoet nog niet. Wij leggen dan uit wat u kunt doen.
""",
    "company-details": """\
De gegevens van uw bedrijf komen uit het Handelsregister van de KvK. Klopt daar iets niet? Geef \
dat dan door aan de KvK.

De **contactpersoon** krijgt onze e-mails. Dat hoeft niet de persoon te zijn die nu is ingelogd.
""",
    "review": """\
Kijk alles nog een keer na. Klopt er iets niet? Kies dan **Wijzigen** bij dat onderdeel.

Na het bevestigen krijgt de contactpersoon een e-mail met een kopie.
""",
}
"""In Markdown, by form key. A form that is not here has no help of its own."""


def key_of(form_key: str) -> str:
    """The key of the edited versions of a form's help."""
    return f"help:{form_key}"


def help_text(form_key: str | None) -> str:
    """The help of a form, in Markdown; empty where there is none."""
    if not form_key:
        return ""
    kept = newest(db.session(), key_of(form_key))
    if kept is not None and kept.text is not None:
        return kept.text
    return HELP.get(form_key, "")


def init_help_texts(app: Flask) -> None:
    """Give the templates the help."""
    app.add_template_global(help_text)
