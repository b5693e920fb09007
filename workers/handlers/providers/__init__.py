"""The service tasks of cases about a provider, and of the trade register."""

from workers.handlers.providers import (
    claims,
    kvk_numbers,
    leaving,
    redeclarations,
    suspension,
    trade_register,
)

__all__ = ["claims", "kvk_numbers", "leaving", "redeclarations", "suspension", "trade_register"]
