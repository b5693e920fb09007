"""Names of variables to which only Loket gives a value, and the message that withdraws a case."""

GIVEN = frozenset(
    {
        "actor",
        "case_id",
        "company",
        "company_known",
        "contact",
        "declare_until",
        "kvk",
        "object_until",
        "offer_id",
        "provider_id",
        "reference",
        "suspended_at",
        "suspended_by",
    }
)
"""What the portal gives a process at its start and with each task."""
WITHDRAW = "withdraw"
"""The message that a process draws where its starter may withdraw it."""
