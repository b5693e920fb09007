"""Deployment checks: everything that is wrong with a diagram, at once.

Doors: `sandbox` (uploads, in a subprocess with limits), `checker` (files we trust), `check_files`
(the command line). One rule per function in `rules`.
"""
