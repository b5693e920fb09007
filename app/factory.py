"""Application factory of the Flask app."""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app.auth.sessions import init_sessions
from app.auth.views import bp as auth
from app.catalogue.views import bp as catalogue
from app.offers.views import bp as offers
from app.operations.views import bp as operations
from app.portfolio.views import bp as portfolio
from app.registrar.views import bp as registrar
from app.start.views import bp as start
from app.studio.deploy.deployment import bp as deployment
from app.studio.deploy.migrations import bp as migrations
from app.studio.deploy.reviews import bp as reviews
from app.studio.draw.compare import bp as compare
from app.studio.draw.drafts import bp as drafts
from app.studio.draw.editor import bp as editor
from app.studio.draw.forms import bp as forms
from app.studio.seeing import bp as seeing
from app.studio.tables.drafting import bp as table_drafts
from app.studio.tables.views import bp as tables
from app.studio.text_pages import bp as texts
from app.studio.trying import bp as trying
from app.studio.views import bp as studio
from app.tasks.views import bp as tasks
from app.web.config import flask_config, security_headers
from app.web.db import init_database
from app.web.errors import init_errors
from app.web.formats import init_texts
from app.web.help_texts import init_help_texts
from app.web.limits import limiter
from app.web.markdown import init_markdown
from app.web.static_files import static_url
from app.web.template_cache import template_cache
from processes.platform.settings import Settings, use_settings

AREAS = [
    start,
    auth,
    tasks,
    offers,
    catalogue,
    portfolio,
    registrar,
    studio,
    drafts,
    editor,
    forms,
    tables,
    table_drafts,
    seeing,
    texts,
    trying,
    compare,
    deployment,
    migrations,
    reviews,
    operations,
]

csrf = CSRFProtect()


def create_app(settings: Settings) -> Flask:
    """The portal with these settings."""
    use_settings(settings)
    app = Flask("app")
    app.config.update(flask_config(settings))
    app.jinja_options = {
        "trim_blocks": True,
        "lstrip_blocks": True,
        "bytecode_cache": template_cache(settings.var / "templates"),
    }
    init_database(app, settings)
    init_texts(app)
    init_help_texts(app)
    init_markdown(app)
    app.add_template_global(static_url)
    init_errors(app)
    app.before_request(_refuse_nul)
    app.before_request(_keep_to_one_host)
    csrf.init_app(app)
    limiter.init_app(app)
    init_sessions(app)
    for area in AREAS:
        app.register_blueprint(area)
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
