"""Generates the sample export of the older register. Door: `generator`."""
