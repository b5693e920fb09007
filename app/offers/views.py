"""Registers the routes of /aanbod by importing their modules."""

from app.offers import activity, bulk, deletion, editing, end_dates, migration, overview
from app.offers.blueprint import bp

__all__ = ["activity", "bp", "bulk", "deletion", "editing", "end_dates", "migration", "overview"]
