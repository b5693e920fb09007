"""Every page on which a process owner changes texts, so that the routes are known."""

from app.studio.texts import requirement_texts
from app.studio.texts.texts import bp

__all__ = ["bp", "requirement_texts"]
