"""Flask app for the sites of the demonstration; refuses to run in production."""

from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response
from jinja2 import ChoiceLoader, FileSystemLoader

from app.web.formats import init_texts
from app.web.serving.static_files import STATIC_FOLDER, init_static_files, static_url
from processes.platform.settings import Profile, Settings

TEMPLATES = Path(__file__).parent / "templates"


class OnlyForDemonstrationError(Exception):
    """A part of the demonstration does not start in the profile production."""


def demonstration_site(name: str, settings: Settings, policy: str) -> Flask:
    """A Flask app with the demonstration's templates and headers.

    Raises OnlyForDemonstrationError in production.
    """
    if settings.profile is Profile.PRODUCTION:
        raise OnlyForDemonstrationError(name)
    site = Flask(name, static_folder=STATIC_FOLDER, root_path=str(TEMPLATES))
    site.jinja_loader = ChoiceLoader(
        [FileSystemLoader(TEMPLATES), FileSystemLoader(STATIC_FOLDER.parent / "templates")]
    )
    site.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    site.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost"]
    site.add_template_global(static_url)
    init_static_files(site)
    site.jinja_env.globals["portal_url"] = settings.public_url
    init_texts(site)

    @site.after_request
    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return site


def origin(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
