"""Models of DMN 1.5: requirements, boxed expressions and decision tables, over FEEL.

Door: `model`.
"""
