"""The register: providers, declarations, offers, catalogue, portfolios, legacy data, audit trail.

It knows no web, no queue and no engine. Doors: `offers`, `providers`, `catalogue`, `portfolio`.
"""
