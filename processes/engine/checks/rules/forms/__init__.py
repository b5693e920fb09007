"""Rules for what a form asks: fields, conditions, tables."""
