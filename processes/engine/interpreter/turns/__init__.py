"""A turn of an instance, until it waits: what it delivers within, what it notes, what it prunes.

Its user is `workflow`.
"""
