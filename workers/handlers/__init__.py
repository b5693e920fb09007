"""The service tasks. Importing this package registers every topic."""

from workers.handlers import (
    bulk_offers,
    instances,
    leaving,
    mail,
    migration,
    offer_imports,
    offer_mail,
    process_migration,
    publication,
    redeclarations,
    reminders,
    search_words,
    task_mail,
    trade_register,
    webhooks,
)

__all__ = [
    "bulk_offers",
    "instances",
    "leaving",
    "mail",
    "migration",
    "offer_imports",
    "offer_mail",
    "process_migration",
    "publication",
    "redeclarations",
    "reminders",
    "search_words",
    "task_mail",
    "trade_register",
    "webhooks",
]
