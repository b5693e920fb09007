"""SpiffWorkflow behind our own interface: parse, run, store and load live instances.

The only package that imports SpiffWorkflow. Doors: `parser` (diagram to specification), `workflow`
(a live instance), `codec` (state to bytes and back), `cache` (live instances between steps).
"""
