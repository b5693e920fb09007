"""Registers the routes of the studio's insight pages by importing their modules."""

from app.studio.insight import cases, insight, reading
from app.studio.insight.blueprint import bp

__all__ = ["bp", "cases", "insight", "reading"]
