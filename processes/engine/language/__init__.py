"""The expression language of diagrams, ISO 8601 times and process variables.

Door: `expressions`. Imports nothing else of ours.
"""
