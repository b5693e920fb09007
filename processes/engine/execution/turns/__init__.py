"""A turn of an instance: by replay or by the interpreter, and how the one is held to the other.

Its door is `turn`; its user is `steps`.
"""
