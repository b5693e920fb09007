"""Where the diagrams meet the register: delegates, publication of offers, operators' changes.

Doors: `delegates` (named by the diagrams), `offer_publication` (publish an offer).
"""
