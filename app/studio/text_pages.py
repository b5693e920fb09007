"""Registers the routes of the studio's text pages by importing their modules."""

from app.studio.texts import requirement_texts
from app.studio.texts.texts import bp

__all__ = ["bp", "requirement_texts"]
