"""Moving tokens: to another version of the process, or to another element by hand.

The doors are `transplant` (another version) and `token_moves` (another element).
"""
