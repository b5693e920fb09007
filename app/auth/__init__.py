"""Logging in with OpenID Connect: eHerkenning for providers, accounts for teachers and staff."""
