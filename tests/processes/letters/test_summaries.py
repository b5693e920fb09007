"""What is summed up of a company for itself and for the register."""

import pytest

from processes.letters.summaries import known_rows
from processes.register.providers.trade_register import Address, CompanyFacts


@pytest.mark.parametrize(
    ("shielded", "label"), [(True, "Bezoekadres (afgeschermd)"), (False, "Bezoekadres")]
)
def test_who_reads_a_shielded_address_is_told_that_it_is(*, shielded: bool, label: str) -> None:
    address = Address(
        "bezoekadres", "Dorpsstraat", 1, postcode="1234AB", place="Utrecht", shielded=shielded
    )
    facts = CompanyFacts("01234567", "Cursushuis", addresses=(address,))

    assert (label, "Dorpsstraat 1, 1234 AB Utrecht") in known_rows(facts.as_json())
