"""Offers in processes: publication (one or many), imports, reports; door: `publication`."""
