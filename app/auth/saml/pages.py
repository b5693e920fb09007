"""The page whose form takes the browser on: to a broker, or back to ourselves (B2)."""

from flask import Response, make_response, render_template

from app.auth.saml.login import Form
from app.web.leaving import leads_away


def sends_on(form: Form, *, to: str) -> Response:
    """A page with this form, which a script sends at once; `to` is what a user reads."""
    shown = render_template("auth/send_on.html", form_of=form, to=to)
    is_elsewhere = not form.address.startswith("/")
    page = leads_away(shown, [form.address]) if is_elsewhere else make_response(shown)
    page.headers["Cache-Control"] = "no-cache, no-store"
    page.headers["Pragma"] = "no-cache"
    return page
