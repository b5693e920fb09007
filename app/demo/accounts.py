"""The logins of the simulator: published fictitious companies, and made-up people."""

import hashlib
import re
from dataclasses import dataclass

from processes.platform.levels import NAMES, URN

# The fictitious companies that the KVK publishes for tests.
COMPANIES = {
    "69599084": "Test EMZ Dagobert (eenmanszaak)",
    "68750110": "Test BV Donald (bv)",
    "90001354": "Testbedrijf 90001354 (bv)",
    "68727720": "Test NV Katrien (nv)",
    "90004760": "Testbedrijf 90004760 (nv)",
    "69599068": "Test Stichting Bolderbast (stichting)",
    "90000102": "Testbedrijf 90000102 (stichting)",
    "90006623": "Testbedrijf 90006623 (stichting)",
    "69599076": "Test VOF Guus (vof)",
    "90005414": "Testbedrijf 90005414 (vof)",
    "55344526": "Testbedrijf 55344526 (coöperatie)",
    "90002520": "Testbedrijf 90002520 (kerkgenootschap)",
    "90002490": "Testbedrijf 90002490 (onderlinge waarborgmaatschappij)",
    "90000749": "Testbedrijf 90000749 (vereniging van eigenaars)",
    "90001745": "Testbedrijf 90001745 (maatschap)",
    "90003942": "Testbedrijf 90003942 (cv)",
    "55505201": "Testbedrijf 55505201 (overige rechtspersoon)",
    "90004973": "Testbedrijf 90004973 (het handelsregister geeft een fout)",
    "90002903": "Testbedrijf 90002903 (het handelsregister geeft een fout)",
}

RSINS = {"68750110": "857587973"}  # a sole proprietor has none

LEVELS = {level: name for level, name in NAMES.items() if level != "loa1"}  # that one is no more

EMPLOYEES = {
    "medewerker-1": "Medewerker 1",
    "medewerker-2": "Medewerker 2",
    "medewerker-3": "Medewerker 3",
}

_PSEUDONYM = re.compile(r"[0-9a-fA-F]{64}@[0-9a-fA-F]{32}")


@dataclass(frozen=True)
class Account:
    """A person at the issuer for teachers and staff."""

    subject: str
    name: str
    roles: tuple[str, ...]
    title: str

    @property
    def email(self) -> str:
        """Where the mailbox of the demonstration gets what this person is mailed."""
        return f"{self.subject.replace('_', '-')}@personen.example"


OWNER = ("process_owner", "process_approver", "process_deployer")
ACCOUNTS = [
    Account("leraar-1", "Noor de Vries", ("teacher",), "leraar"),
    Account("leraar-2", "Yusuf Yılmaz", ("teacher",), "leraar"),  # noqa: RUF001 - a Turkish letter
    Account("leraar-3", "Sanne Bakker", ("teacher",), "leraar"),
    Account("registrar", "Rianne Jansen", ("registrar",), "medewerker van het register"),
    Account("registrar-2", "Karim Haddou", ("registrar",), "tweede medewerker van het register"),
    Account("process_owner", "Pieter Visser", OWNER, "proceseigenaar"),
    Account("process_approver", "Amira Haddad", OWNER[:2], "tweede proceseigenaar, keurt goed"),
    Account("operator", "Olga Smit", ("operator",), "beheerder"),
]


def account_with(subject: str) -> Account | None:
    """The account with this subject, if there is one."""
    return next((account for account in ACCOUNTS if account.subject == subject), None)


def pseudonym(kvk: str, employee: str) -> str:
    """The opaque pseudonym of an employee: always the same for the same employee."""
    if _PSEUDONYM.fullmatch(employee):
        return employee
    person = hashlib.sha256(f"{kvk}/{employee}".encode()).hexdigest()
    service = hashlib.sha256(b"loket").hexdigest()[:32]
    return f"{person}@{service}"


def level_urn(level: str) -> str:
    """The URN of a level, given as loa3, EH3, or the URN itself."""
    short = level.removeprefix(URN)
    by_name = {name.lower(): loa for loa, name in LEVELS.items()}
    return URN + by_name.get(short.lower(), short)
