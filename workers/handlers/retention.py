"""Service task: removes personal data whose term is over (D6); the diagram holds the terms."""

from datetime import timedelta
from typing import Any

from processes.casework.retention.runs import TOPIC, remove, terms_from
from workers.job_context import JobContext
from workers.registry import service_task


@service_task(
    TOPIC,
    title="Oude gegevens verwijderen",
    description=(
        "Verwijdert persoonsgegevens waarvan de bewaartermijn voorbij is. De termijnen zijn in "
        "dagen, minstens 1. Geeft removed terug: per soort hoeveel. Aantallen en doorlooptijden "
        "blijven voor de cijfers."
    ),
    labels={
        "onboarding_days": "Aanmelding die niet af is: dagen na de laatste stap",
        "case_days": "Gegevens van een zaak: dagen na het einde",
        "mail_text_days": "Tekst van een e-mail: dagen na het maken",
        "mail_days": "Dat er een e-mail was: dagen na het maken",
        "login_days": "Logboek van het inloggen: dagen",
        "trail_days": "Logboek van verklaringen en publiceren: dagen",
        "job_days": "Gegevens van een achtergrondtaak: dagen nadat die klaar is",
        "person_days": "Iemand die niet meer inlogt: dagen na de laatste keer",
        "substitution_days": "Vervanging: dagen na de laatste dag",
        "pseudonym_days": "Code van een medewerker van een bedrijf: dagen na de laatste keer",
        "portfolio_days": "Portfolio van een leraar: dagen na de laatste keer inloggen",
    },
    lease=timedelta(minutes=5),
)
def apply_retention(  # noqa: PLR0913, PLR0917 - the terms that a diagram may set
    onboarding_days: Any = 90,
    case_days: Any = 730,
    mail_text_days: Any = 90,
    mail_days: Any = 730,
    login_days: Any = 365,
    trail_days: Any = 2555,
    job_days: Any = 90,
    person_days: Any = 730,
    substitution_days: Any = 365,
    pseudonym_days: Any = 2555,
    portfolio_days: Any = 2555,
    *,
    job: JobContext,
) -> dict[str, Any]:
    """Remove what is due, in small transactions; a second attempt goes on."""
    terms = terms_from(
        {
            "onboarding_days": onboarding_days,
            "case_days": case_days,
            "mail_text_days": mail_text_days,
            "mail_days": mail_days,
            "login_days": login_days,
            "trail_days": trail_days,
            "job_days": job_days,
            "person_days": person_days,
            "substitution_days": substitution_days,
            "pseudonym_days": pseudonym_days,
            "portfolio_days": portfolio_days,
        }
    )
    return {"removed": remove(terms, job.transaction, job.progress)}
