"""What a diagram may name, gathered from everything we registered in code."""

import forms
import workers.handlers
from forms.registry import FORMS
from processes import delegates
from processes.engine.findings import Vocabulary
from processes.engine.registry import DELEGATES
from workers.registry import SERVICE_TASKS

# Importing these is what fills the registries.
REGISTERED_BY = (forms, delegates, workers.handlers)


def vocabulary() -> Vocabulary:
    """The forms, topics and delegates that exist in this version of Loket."""
    return Vocabulary(
        forms=frozenset(FORMS),
        topics={topic: task.parameters for topic, task in SERVICE_TASKS.items()},
        delegates={name: delegate.parameters for name, delegate in DELEGATES.items()},
    )
