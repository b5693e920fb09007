"""The engine's Dutch texts about diagrams: elements, conditions, and a process as an outline.

Doors: `outline` (a whole process as text), `facts` (what a diff compares), `element_words`.
"""
