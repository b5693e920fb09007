"""The process engine: runs BPMN 2.0 diagrams with SpiffWorkflow; every instance is a row.

Packages from the top down; each imports only what stands below it (`lint-imports` decides): insight
and repair, execution, deployment, checks, interpreter, decisions and words, diagram, store,
language, registry. The docstring of each names its doors: the modules to call.
"""
