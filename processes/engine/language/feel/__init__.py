"""FEEL, the expression language of DMN 1.5 §10.3: values, parser and functions.

Door: `expressions`. Nothing that is written in FEEL reaches Python: names lead to values or to the
functions in `builtins`, and an evaluation has a budget. Imports nothing else of ours but sentences.
"""
