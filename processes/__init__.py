"""The core without web and queue: the process engine, the register, and what joins them.

Doors: `engine`, `register`, `casework` (delegates of the diagrams), `tryout`, `letters`,
`platform`.
"""
