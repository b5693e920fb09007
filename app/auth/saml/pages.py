"""The page whose form takes the browser on: to a broker, or back to ourselves (B2)."""

from urllib.parse import urlsplit

from flask import Response, current_app, make_response, render_template

from app.auth.saml.login import Form


def sends_on(form: Form, *, to: str) -> Response:
    """A page with this form, which a script sends at once; `to` is what a user reads."""
    page = make_response(render_template("auth/send_on.html", form_of=form, to=to))
    parts = urlsplit(form.address)
    policy: str = current_app.config["CONTENT_SECURITY_POLICY"]
    if parts.netloc:
        origin = f"{parts.scheme}://{parts.netloc}"
        policy = policy.replace("form-action 'self'", f"form-action 'self' {origin}")
    page.headers["Content-Security-Policy"] = policy
    page.headers["Cache-Control"] = "no-cache, no-store"
    page.headers["Pragma"] = "no-cache"
    return page
