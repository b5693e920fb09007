"""Offers in a spreadsheet: columns, export and template, reading, and imports with a dry run.

The doors are `writing` (export, template), `reading` (rows of a file) and `imports` (tables).
"""
