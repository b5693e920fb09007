"""The service tasks. Importing this package registers every topic."""

from workers.handlers import (
    data_exports,
    instances,
    mail,
    migration,
    offers,
    process_migration,
    providers,
    retention,
    search_words,
    webhooks,
)

__all__ = [
    "data_exports",
    "instances",
    "mail",
    "migration",
    "offers",
    "process_migration",
    "providers",
    "retention",
    "search_words",
    "webhooks",
]
