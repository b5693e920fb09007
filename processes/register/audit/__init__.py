"""Tamper evidence of the audit trail: a hash chain, signed checkpoints, and erasure (R61).

Events are written by `processes.register.changes.record_event`, and sealed shortly after their
commit. Begin with `sealing.seal`, `checkpoints.sign`, `verifying.verify`, `erasing.erase`.
"""
