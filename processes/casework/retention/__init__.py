"""Retention of personal data: what is removed after which term, by class (AVG article 5; D6, F7-9).

`classes.py` is the table of classes; `runs.py` counts what is due (the dry run) and removes it, in
small transactions; the process `bpmn/retention.bpmn` holds the terms, for an owner to change.
"""
