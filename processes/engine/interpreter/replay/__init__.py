"""Replay of steps that were seen before, without SpiffWorkflow and without a tree of tasks.

What the interpreter did in a step is recorded as a straight line (`recorder`), if that is proven
(`straight`): the conditions with their outcomes, the delegates, the passages, and the rows of the
new state. From the same shape of the stored state (`shapes`) the line is followed (`following`); a
condition that comes out otherwise leaves it, and the interpreter takes the step. `traces` keeps
them, `comparing` tells whether both ways come to the same.
"""
