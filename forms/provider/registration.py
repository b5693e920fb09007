"""Forms of the onboarding: company details, contact person, review."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Self

from wtforms import BooleanField, Form, StringField
from wtforms.validators import AnyOf, Optional

from forms.choices import ChoiceField, options
from forms.fields import (
    EmailField,
    LineField,
    PhoneField,
    PostcodeField,
    UrlField,
)
from forms.pages import Case, Context, Page
from forms.registry import Binds, UserTaskForm, user_task_form
from processes.register.example_contact import EXAMPLE_CONTACT


class CorrectionFields(Form):
    """The provider's corrections of the trade register's facts (R41)."""

    display_name = ChoiceField(
        "Naam in de catalogus",
        required="Kies de naam die leraren in de catalogus zien.",
        choices=(),
    )
    corrected_name = LineField("Andere naam om te laten zien")
    corrected_address = LineField("Adres om te laten zien", limit=300)
    website = UrlField("Website")
    names: ClassVar[Sequence[str]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_a_name(self.display_name, self.names)

    @classmethod
    def for_names(cls, names: Sequence[str]) -> type[Self]:
        """The form for a company that may show itself under these names."""
        return type(cls.__name__, (cls,), {"names": tuple(names)})

    def corrections(self) -> dict[str, Any]:
        """The corrections that were made; nothing for what was left alone."""
        given = {
            "name": self.corrected_name.data,
            "address": self.corrected_address.data,
            "website": self.website.data,
        }
        return {name: value for name, value in given.items() if value}


def correction_data(company: Mapping[str, Any]) -> dict[str, Any]:
    """`display_name` and `corrections` of a company, as `data` for these fields."""
    corrections = company.get("corrections") or {}
    return {
        "display_name": company.get("display_name"),
        "corrected_name": corrections.get("name"),
        "corrected_address": corrections.get("address"),
        "website": corrections.get("website"),
    }


def _choose_a_name(field: ChoiceField, names: Sequence[str]) -> None:
    """Offer these names; the first, where the name in use is a corrected one or none."""
    field.choices = options((name, name) for name in names)
    if not field.raw_data and field.data not in names and names:
        field.data = names[0]


class AddressFields(Form):
    """A company as typed by the provider (R42)."""

    name = LineField("Naam van het bedrijf", required="Vul de naam van uw bedrijf in.")
    street = LineField("Straat", required="Vul de straat in.", limit=100)
    house_number = LineField("Huisnummer", required="Vul het huisnummer in.", limit=20)
    postcode = PostcodeField("Postcode", required="Vul de postcode in, bijvoorbeeld 1234 AB.")
    city = LineField("Plaats", required="Vul de plaats in.", limit=100)
    website = UrlField("Website")

    def address(self) -> dict[str, Any]:
        return {name: self[name].data for name in ("street", "house_number", "postcode", "city")}


FACTS = ("name", "street", "house_number", "postcode", "city")
OF_CONTACT: Mapping[tuple[str, ...], str] = MappingProxyType(
    {
        ("contact", name): f"contact_{name}"
        for name in ("name", "function", "email", "phone", "public")
    }
)


class ContactFields(Form):
    """The general contact person (R43)."""

    contact_name = LineField("Naam", required="Vul de naam van de contactpersoon in.", limit=100)
    contact_function = LineField("Functie", limit=100)
    contact_email = EmailField(
        "E-mailadres",
        required="Vul een e-mailadres in, bijvoorbeeld naam@bedrijf.nl.",
        description="Naar dit adres sturen wij de bevestiging. Een algemeen adres mag ook.",
    )
    contact_phone = PhoneField("Telefoonnummer")
    contact_public = BooleanField("Toon deze contactpersoon in de catalogus")

    def contact(self) -> dict[str, Any]:
        """The contact person, as the process and the register know it."""
        return {
            "name": self.contact_name.data,
            "email": self.contact_email.data,
            "phone": self.contact_phone.data or None,
            "function": self.contact_function.data or None,
            "public": bool(self.contact_public.data),
        }

    @staticmethod
    def contact_data(contact: Mapping[str, Any]) -> dict[str, Any]:
        """A known contact person, as `data` for this form."""
        return {f"contact_{name}": value for name, value in contact.items()}


def _for_company(case: Case) -> type[UserTaskForm]:
    if case.facts is None:
        return TypedCompanyForm
    names = dict.fromkeys([*case.facts.trade_names, case.facts.name])
    return KnownCompanyForm.for_names(list(names))


def _around_company(case: Case) -> Context:
    rows = [("KvK-nummer", case.kvk), *case.known_rows()]
    return {"kvk": case.kvk, "extract": case.extract, "facts": case.facts, "rows": rows}


def _example_company(case: Case) -> Context:
    name = case.facts.trade_names[0] if case.facts else None
    company: Context = {"known": case.facts is not None, "corrections": {}, "display_name": name}
    return {"company": company, "contact": dict(EXAMPLE_CONTACT)}


@user_task_form(
    "company-details",
    title="Bedrijfsgegevens en contactpersoon",
    description=(
        "De aanbieder kijkt de bedrijfsgegevens na en vult de contactpersoon in. Geeft company "
        "en contact terug."
    ),
    page=Page(
        "tasks/company_details.html",
        _for_company,
        _around_company,
        _example_company,
        begins=True,
    ),
)
class CompanyDetailsForm(ContactFields, UserTaskForm):
    """The company step; `KnownCompanyForm` and `TypedCompanyForm` add the company itself."""

    gives = frozenset({"company", "contact", "next"})
    json_names = OF_CONTACT

    next = StringField(validators=[Optional(), AnyOf(["review", "back"])], default="review")

    @property
    def is_going_back(self) -> bool:
        return bool(self.next.data == "back")

    def company_given(self) -> dict[str, Any]:
        return {}

    def variables(self) -> dict[str, Any]:
        if self.is_going_back:
            return {"next": "back"}
        return {"company": self.company_given(), "contact": self.contact(), "next": "review"}

    @classmethod
    def data_from(cls, variables: Mapping[str, Any]) -> dict[str, Any]:
        company = variables.get("company") or {}
        return cls.contact_data(variables.get("contact") or {}) | cls.company_data(company)

    @classmethod
    def company_data(cls, company: Mapping[str, Any]) -> dict[str, Any]:
        return dict(company)


class KnownCompanyForm(CorrectionFields, CompanyDetailsForm):
    """A company of the trade register: facts are fixed, corrections are extra."""

    json_names = MappingProxyType(
        {
            **OF_CONTACT,
            ("company", "display_name"): "display_name",
            ("company", "corrections", "name"): "corrected_name",
            ("company", "corrections", "address"): "corrected_address",
            ("company", "corrections", "website"): "website",
        }
    )

    def company_given(self) -> dict[str, Any]:
        return {
            "known": True,  # the facts themselves stay where they are remembered
            "corrections": self.corrections(),
            "display_name": self.corrected_name.data or self.display_name.data,
        }

    @classmethod
    def company_data(cls, company: Mapping[str, Any]) -> dict[str, Any]:
        return correction_data(company)


class TypedCompanyForm(AddressFields, CompanyDetailsForm):
    """A company that the trade register does not know (R42)."""

    json_names = MappingProxyType(
        {
            **OF_CONTACT,
            ("company", "corrections", "website"): "website",
            **{("company", "facts", name): name for name in FACTS},
        }
    )

    def company_given(self) -> dict[str, Any]:
        return {
            "known": False,
            "facts": {"name": self.name.data, **self.address()},
            "corrections": {"website": self.website.data} if self.website.data else {},
            "display_name": self.name.data,
        }

    @classmethod
    def company_data(cls, company: Mapping[str, Any]) -> dict[str, Any]:
        return {**company.get("facts", {}), **company.get("corrections", {})}


CHANGES = ("requirements", "company")  # where the review may lead back to


def _around_review(case: Case) -> Context:
    return {
        "answers": case.answer_rows(),
        "company": case.company_rows(),
        "contact": case.contact_rows(),
        "email": (case.variables.get("contact") or {}).get("email"),
        "reference": case.variables.get("reference"),
    }


@user_task_form(
    "review",
    title="Controleren en bevestigen",
    description="De aanbieder ziet alles nog eens en bevestigt, of gaat terug. Geeft change terug.",
    page=Page("tasks/review.html", around=_around_review),
)
class ReviewForm(UserTaskForm):
    """Everything entered: confirm, or go back to change it."""

    gives = frozenset({"change"})
    binds = Binds.EDITOR

    change = StringField(validators=[Optional(), AnyOf(CHANGES)])

    @property
    def is_going_back(self) -> bool:
        return self.change.data in CHANGES

    def variables(self) -> dict[str, Any]:
        return {"change": self.change.data or None}
