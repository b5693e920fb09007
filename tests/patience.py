"""How long a test waits before it takes what it waits for as hanging; no limit on speed.

Machines are busy and slow: whoever waits for a product to start waits as long as that takes.
"""

SECONDS = 600.0
MILLISECONDS = 90_000  # of Playwright, for each thing that a page must show
