"""Versioned URLs of static files, for caching."""

import hashlib
from functools import lru_cache
from pathlib import Path

STATIC_FOLDER = Path(__file__).parents[2] / "static"


@lru_cache(maxsize=64)
def content_hash(name: str) -> str:
    """Twelve characters that change with the content of the file."""
    return hashlib.sha256((STATIC_FOLDER / name).read_bytes()).hexdigest()[:12]


def static_url(name: str) -> str:
    """The URL of a static file with a hash of its content. Raises FileNotFoundError."""
    return f"/static/{name}?v={content_hash(name)}"
