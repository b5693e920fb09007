"""The made-up contact person of the example company, in previews and try-outs."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

EXAMPLE_CONTACT: Mapping[str, Any] = MappingProxyType(
    {
        "name": "Noor Voorbeeld",
        "email": "noor@voorbeeld.example",
        "phone": None,
        "function": "Opleidingsadviseur",
        "public": False,
    }
)
