"""Reading BPMN and DMN files: safe XML, the graph for checks, the elements for the interpreter.

Doors: `xml` (parse within limits), `graph` (nodes and flows), `elements` (what is executed).
"""
