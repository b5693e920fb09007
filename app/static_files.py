"""Addresses of the files under app/static, with a hash of their content, so that browsers may keep them for ever."""

import hashlib
from functools import lru_cache
from pathlib import Path

STATIC_FOLDER = Path(__file__).parent / "static"


@lru_cache(maxsize=64)
def content_hash(name: str) -> str:
    """Twelve characters that change with the content of the file."""
    return hashlib.sha256((STATIC_FOLDER / name).read_bytes()).hexdigest()[:12]


def static_url(name: str) -> str:
    """The address of a static file; a name that does not exist is a programming error and raises."""
    return f"/static/{name}?v={content_hash(name)}"
