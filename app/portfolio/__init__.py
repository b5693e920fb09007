"""A teacher's portfolio."""
