"""Where the diagrams meet the register: delegates, publication of offers, operators' changes.

Doors: `delegates` (named by the diagrams), `offers.publication`, `providers`, `mail`, `webhooks`.
"""
