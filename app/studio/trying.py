"""Trying out: the try-out itself, the scenarios of a draft, replaying finished cases."""

from app.studio.tryout import scenarios
from app.studio.tryout.views import bp

__all__ = ["bp", "scenarios"]
