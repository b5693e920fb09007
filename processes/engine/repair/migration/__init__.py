"""Migrating running instances to another version of their process. Door: `runs`."""
