"""What people fill in. Importing this package registers every form."""

from forms import offers, providers

__all__ = ["offers", "providers"]
