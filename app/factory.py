"""Puts the web application together."""

import logging

from flask import Flask, Response, abort, request
from flask_wtf.csrf import CSRFProtect

from app.config import flask_config, security_headers
from app.db import init_database
from app.errors import init_errors
from app.limits import limiter
from app.static_files import static_url
from app.texts import init_texts
from workers.settings import Settings, use_settings

log = logging.getLogger(__name__)

csrf = CSRFProtect()


def create_app(settings: Settings) -> Flask:
    """The portal, with these settings."""
    use_settings(settings)
    app = Flask("app")
    app.config.update(flask_config(settings))
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    init_database(app, settings)
    init_texts(app)
    app.add_template_global(static_url)
    init_errors(app)
    app.before_request(_refuse_nul)
    csrf.init_app(app)
    limiter.init_app(app)
    _register_areas(app)
    _add_headers(app, settings)
    return app


def _refuse_nul() -> None:
    """Nobody types a NUL, and PostgreSQL refuses to store or compare one."""
    texts = [request.path, *(text for _, text in request.values.items(multi=True))]
    if any("\x00" in text for text in texts):
        abort(400)


def _register_areas(app: Flask) -> None:
    # TEMPORARY while the areas are being written: the final form is a plain list of imports.
    from importlib import import_module
    from importlib.util import find_spec

    for area in (
        "start",
        "auth",
        "tasks",
        "offers",
        "catalogue",
        "portfolio",
        "registrar",
        "studio",
        "operations",
    ):
        name = f"app.{area}.views"
        try:
            if find_spec(name):
                app.register_blueprint(import_module(name).bp)
        except Exception:
            log.exception("area %s is not ready", area)
    try:
        from app.auth.sessions import init_sessions

        init_sessions(app)
    except Exception:
        log.warning("no server-side sessions yet")


def _add_headers(app: Flask, settings: Settings) -> None:
    headers = security_headers(settings)

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response
