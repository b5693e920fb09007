"""Registers the routes of the studio's try-out pages by importing their modules."""

from app.studio.tryout import scenarios
from app.studio.tryout.views import bp

__all__ = ["bp", "scenarios"]
