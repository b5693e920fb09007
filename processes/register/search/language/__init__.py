"""Dutch as search knows it: words and their stems, lists of words, and what a word is found by.

Doors: `lexicon` (what a word is found by), `spelling`.
"""
