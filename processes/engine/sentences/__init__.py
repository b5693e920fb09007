"""The Dutch sentences of the engine, by key, so that another language can stand beside them.

Door: `catalogue`. The texts stand in `nl/*.toml`, with their variables.
"""
