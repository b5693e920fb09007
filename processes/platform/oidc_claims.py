"""The claims of an OIDC broker that settings may give a path."""

from typing import Literal

OidcClaim = Literal[
    "kvk",
    "kvk_type",
    "rsin",
    "employee",
    "branch",
    "intermediary",
    "company",
    "service_id",
    "service_uuid",
    "level",
]
