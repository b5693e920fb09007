"""Cases that somebody begins: on a page, by a form without logging in, by facts from outside.

Doors: `beginning` (who logged in), `public_start` (visitors), `start_conditions` (facts).
"""
