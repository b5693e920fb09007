"""Passwords of these tests' accounts are hashed in a hundredth of the time, by the same method."""

from collections.abc import Iterator
from functools import partial

import pytest
from werkzeug.security import generate_password_hash

from app.auth.break_glass import accounts


@pytest.fixture(scope="module", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """What the product takes is asked of the command that makes accounts."""
    quick = partial(generate_password_hash, method="scrypt:256:8:1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "generate_password_hash", quick)
        yield
