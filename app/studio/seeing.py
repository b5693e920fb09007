"""Every page with which a process owner looks into a process, so that the routes are known."""

from app.studio.insight import cases, insight, reading
from app.studio.insight.blueprint import bp

__all__ = ["bp", "cases", "insight", "reading"]
