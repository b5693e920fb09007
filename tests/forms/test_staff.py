"""Forms of the register's staff."""

from forms.registry import Draft
from forms.staff import AssessCompanyForm, RepairAddressForm, SuspendForm


def test_suspending_a_company_needs_a_reason() -> None:
    assert not AssessCompanyForm(Draft({"verdict": ["schorsen"]})).validate()
    assert AssessCompanyForm(Draft({"verdict": ["in-orde"]})).validate()
    assert not SuspendForm(Draft({"reason": ["  "]})).validate()


def test_a_repaired_address_is_an_address() -> None:
    assert not RepairAddressForm(Draft({"email": ["gebeld"]})).validate()
    form = RepairAddressForm(Draft({"email": ["goed@scholing.nl"]}))
    assert form.validate()
    assert form.variables() == {"repaired_address": {"email": "goed@scholing.nl", "note": None}}
