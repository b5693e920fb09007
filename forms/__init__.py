"""What people fill in. Importing this package registers every form."""

from forms import offers, providers, quality, staff

__all__ = ["offers", "providers", "quality", "staff"]
