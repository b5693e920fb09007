"""Work on user tasks: who may do what with a task (`rights`), and the list of one's work (`work`).

Doors: `rights.may`, `rights.visible_tasks`.
"""
