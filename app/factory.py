"""Application factory of the Flask app."""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app.api.blueprint import BLUEPRINTS as OF_PROGRAMS
from app.api.external.blueprint import bp as of_workers
from app.areas import blueprints
from app.auth.back_channel import bp as of_providers
from app.auth.saml.views import bp as of_brokers
from app.auth.sessions import init_sessions
from app.auth.step_up import init_step_up
from app.web.db import init_database
from app.web.errors import init_errors
from app.web.form_pages.help_texts import init_help_texts
from app.web.formats import init_texts
from app.web.kept_pages import init_kept_pages
from app.web.limits import init_limits
from app.web.markdown import init_markdown
from app.web.outages import init_outages
from app.web.pages import NumberInAddress
from app.web.process_rights import init_process_rights
from app.web.refill import init_refill
from app.web.serving.config import flask_config, security_headers
from app.web.serving.late_routes import LateRule
from app.web.serving.request_size import init_request_size
from app.web.serving.static_files import init_static_files, static_url
from app.web.serving.template_cache import template_cache
from processes.platform.settings import Settings, use_settings

csrf = CSRFProtect()


def create_app(settings: Settings) -> Flask:
    """The portal with these settings."""
    use_settings(settings)
    app = Flask("app")
    app.url_rule_class = LateRule
    app.config.update(flask_config(settings))
    app.jinja_options = {
        "trim_blocks": True,
        "lstrip_blocks": True,
        "bytecode_cache": template_cache(settings.var / "templates"),
    }
    app.url_map.converters["int"] = NumberInAddress
    init_database(app, settings)
    init_texts(app)
    init_help_texts(app)
    init_markdown(app)
    app.add_template_global(static_url)
    init_static_files(app)
    init_errors(app)
    init_request_size(app)
    app.before_request(_refuse_nul)
    app.before_request(_keep_to_one_host)
    csrf.init_app(app)
    for blueprint in (*OF_PROGRAMS, of_workers, of_brokers, of_providers):
        csrf.exempt(blueprint)  # no cookie counts there: requests carry credentials of their own
    init_sessions(app)
    init_step_up(app)
    init_kept_pages(app)
    init_process_rights(app)
    init_refill(app)
    init_outages(app)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    init_limits(app, settings)
    _add_headers(app, settings)
    _trust_proxies(app, settings.trusted_proxies)
    return app


def _refuse_nul() -> None:
    """Nobody types a NUL, and PostgreSQL refuses to store or compare one."""
    texts = [request.path, *(text for _, text in request.values.items(multi=True))]
    if any("\x00" in text for text in texts):
        abort(400)


def _keep_to_one_host() -> ResponseReturnValue | None:
    """Cookies belong to one name: who comes to localhost goes on at 127.0.0.1, or the reverse."""
    public_url: str = current_app.config["LOKET_SETTINGS"].public_url
    if (
        request.method != "GET"
        or urlsplit(request.host_url).hostname == urlsplit(public_url).hostname
    ):
        return None
    return redirect(public_url.rstrip("/") + request.full_path.rstrip("?"), 307)


def _trust_proxies(app: Flask, number: int) -> None:
    """Believe what our own proxies say of the visitor's address; nobody else (threat 9)."""
    if number:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=number, x_proto=number)  # type: ignore[method-assign]


def _add_headers(app: Flask, settings: Settings) -> None:
    headers = security_headers(settings)

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response
