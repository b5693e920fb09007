"""Static files: addresses with a hash of the content, kept for a year by browsers, compressed."""

import gzip
import hashlib
import re
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request

STATIC_FOLDER = Path(__file__).parents[2] / "static"
FOR_EVER = timedelta(days=365)
TEXTS = frozenset([".css", ".js", ".svg", ".txt"])
HASHED = re.compile(r"-[A-Z0-9]{8}\.woff2$")  # its name already changes with its content


@lru_cache(maxsize=64)
def content_hash(name: str) -> str:
    """Twelve characters that change with the content of the file."""
    return hashlib.sha256((STATIC_FOLDER / name).read_bytes()).hexdigest()[:12]


def static_url(name: str) -> str:
    """The URL of a static file with a hash of its content. Raises FileNotFoundError."""
    return f"/static/{name}?v={content_hash(name)}"


def init_static_files(app: Flask) -> None:
    """Let browsers keep what never changes, and send texts compressed, also without a proxy.

    Pages are not compressed: they hold secrets beside what a visitor can choose (BREACH).
    """

    @app.after_request
    def serve(response: Response) -> Response:
        name = (request.view_args or {}).get("filename", "")
        if request.endpoint == "static" and response.status_code == 200:  # noqa: PLR2004
            if request.args.get("v") == content_hash(name) or HASHED.search(name):
                response.cache_control.max_age = int(FOR_EVER.total_seconds())
                response.cache_control.public = response.cache_control.immutable = True
            if Path(name).suffix in TEXTS:
                _compress(response, name)
        return response


def _compress(response: Response, name: str) -> None:
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"]:
        return
    response.close()  # the file, which is not sent
    response.direct_passthrough = False
    response.data = _compressed(name)
    response.content_encoding = "gzip"
    response.set_etag(f"{content_hash(name)}-gzip")
    response.make_conditional(request)


@lru_cache(maxsize=64)
def _compressed(name: str) -> bytes:
    return gzip.compress((STATIC_FOLDER / name).read_bytes(), mtime=0)
