"""Logging in with SAML 2.0: the service provider's side of eHerkenning's DV-HM interface (B)."""
