"""A provider's pages under /aanbod: the overview, one activity, and many at once."""

from app.offers import activity, bulk, deletion, editing, end_dates, migration, overview
from app.offers.blueprint import bp

__all__ = ["activity", "bp", "bulk", "deletion", "editing", "end_dates", "migration", "overview"]
