"""Identifiers of new rows."""

from uuid import RFC_4122, UUID

from processes.base import new_id, new_id_bytes


def test_the_bytes_of_an_id_make_an_id_as_any_other() -> None:
    """RFC 9562 §5.4: version 4, variant 10, the rest random."""
    made = [UUID(bytes=new_id_bytes()) for _ in range(200)]
    assert {(each.version, each.variant) for each in [*made, new_id()]} == {(4, RFC_4122)}
    assert len(set(made)) == 200
