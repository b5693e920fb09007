"""Automatic layout: gives a BPMN file that has no drawing its shapes and edges (BPMN 2.0 §12).

The door is `drawing.with_drawing`.
"""
