"""What people fill in. Importing this package registers every form."""

from forms import offers, providers, staff

__all__ = ["offers", "providers", "staff"]
