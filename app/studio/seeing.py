"""Every page with which a process owner looks into a process, so that the routes are known."""

from app.studio import cases, insight, reading
from app.studio.see import bp

__all__ = ["bp", "cases", "insight", "reading"]
