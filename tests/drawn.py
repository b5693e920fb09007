"""What Hypothesis draws does not hang on which modules of ours happen to be imported.

It takes constants of the text of every such module for its examples, also when it is told to draw
the same in each run. Which modules those are depends on the tests that ran before in that process,
and their constants on any change of ours.
"""

from typing import Any

from hypothesis.internal.conjecture import providers


def from_no_module() -> None:
    """From here on no module counts as ours; there is no setting for it. A test holds this."""
    own: Any = providers
    own.is_local_module_file = _is_ours


def _is_ours(_path: str) -> bool:
    return False
