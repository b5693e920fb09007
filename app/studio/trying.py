"""Trying out: the try-out itself, the scenarios of a draft, replaying finished cases."""

from app.studio import scenarios
from app.studio.tryout import bp

__all__ = ["bp", "scenarios"]
