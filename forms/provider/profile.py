"""Forms in which a registered company changes its details and its contact person (R41, R45d)."""

from abc import abstractmethod
from typing import Any

from wtforms import Form

from forms.provider.registration import AddressFields, ContactFields, CorrectionFields


class ContactForm(ContactFields):
    """Changing the contact person after the registration (R45d)."""


class CompanyForm(Form):
    """Changing the company after the registration (R41): what the provider says of it."""

    @abstractmethod
    def display(self) -> str:
        """The name in the catalogue."""

    @abstractmethod
    def corrections(self) -> dict[str, Any]:
        """What the provider says besides the trade register, or instead of it."""


class KnownProfileForm(CorrectionFields, CompanyForm):
    """The trade register knows the company."""

    def display(self) -> str:
        return str(self.corrected_name.data or self.display_name.data)


class TypedProfileForm(AddressFields, CompanyForm):
    """The company typed its details itself."""

    def display(self) -> str:
        return str(self.name.data)

    def corrections(self) -> dict[str, Any]:
        given = {"name": self.name.data, **self.address(), "website": self.website.data}
        return {name: value for name, value in given.items() if value}
