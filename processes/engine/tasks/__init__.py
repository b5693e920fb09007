"""Work on user tasks: who may do what with a task (`rights`), and one's list (`worklist`).

Doors: `rights.may`, `rights.visible_tasks`.
"""
