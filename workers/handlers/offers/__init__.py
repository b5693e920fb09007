"""The service tasks about offers: publication, changes to many at once, imports."""

from workers.handlers.offers import bulk_actions, imports, publication

__all__ = ["bulk_actions", "imports", "publication"]
