"""All settings: environment variables LOKET_*, read by the web, the workers and the CLI.

Those of one subject stand in `processes.platform.setting_groups`.
"""

import secrets
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from processes.platform.setting_groups.eherkenning import EHerkenningSettings, Link
from processes.platform.setting_groups.logins import LoginSettings
from processes.platform.setting_groups.mail import MailSettings
from processes.platform.setting_groups.running import Profile, RunningSettings
from processes.platform.setting_groups.sources import SourceSettings
from processes.platform.unsafe_settings import production_faults

__all__ = ["Link", "Profile", "Settings", "current_settings", "production_faults", "use_settings"]


class Settings(
    SourceSettings, EHerkenningSettings, LoginSettings, MailSettings, RunningSettings
):  # pydantic takes the fields of the last base first
    """What can be set from outside; each field is the variable LOKET_<NAME>."""

    model_config = SettingsConfigDict(
        env_prefix="LOKET_", env_ignore_empty=True, extra="ignore", frozen=True
    )

    audit_key: Path | None = Field(
        None,
        description="file with the Ed25519 key in PEM that signs the checkpoints of the audit "
        "trail, once a day; without it none are made",
    )
    four_eyes: bool = Field(
        default=False, description="a version of a process needs the approval of a second person"
    )
    replays_verified: float = Field(
        0.01,
        ge=0,
        le=1,
        description="part of the replayed steps of processes that the interpreter takes too, to "
        "compare both",
    )
    worker_waits: int = Field(
        2, ge=0, description="workers outside that may wait for jobs in each web process at a time"
    )
    security_contact: str = Field(
        "mailto:beveiliging@loket.example",
        pattern=r"^(mailto:|https://|tel:)[^\s]+$",
        description="where to report a leak, as in security.txt: mailto:…, https://… or tel:…",
    )
    metrics_token: SecretStr | None = Field(
        None, description="token that Prometheus sends to /metrics; without it, only this machine"
    )

    @model_validator(mode="after")
    def _whole_saml(self) -> Self:
        if self.saml_brokers and (self.saml_key is None or self.saml_certificate is None):
            message = "LOKET_SAML_KEY and LOKET_SAML_CERTIFICATE are needed with LOKET_SAML_BROKERS"
            raise ValueError(message)
        if self.oidc_eherkenning_name in self.saml_brokers:
            message = "LOKET_OIDC_EHERKENNING_NAME is a name in LOKET_SAML_BROKERS too"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _safe_in_production(self) -> Self:
        if self.profile is Profile.PRODUCTION and (faults := production_faults(self)):
            raise ValueError("\n".join(faults))
        return self

    @property
    def has_oidc_eherkenning(self) -> bool:
        """Whether providers may log in by OIDC: always without SAML, else when it is set."""
        return not self.saml_brokers or "oidc_eherkenning_issuer" in self.model_fields_set

    @property
    def oidc_clients(self) -> tuple[str, ...]:
        """The OIDC clients that are used, as their settings begin."""
        by_oidc = ("oidc_eherkenning",) if self.has_oidc_eherkenning else ()
        return (*by_oidc, "oidc_accounts")


@cache
def _from_environment() -> Settings:
    return Settings()


_chosen: Settings | None = None


def current_settings() -> Settings:
    """The settings of this process: the environment's, unless `use_settings` chose others."""
    return _chosen or _from_environment()


def settings_without_a_kept_secret() -> Settings:
    """As `current_settings`, which makes a secret and its folder where there is none yet.

    From then on these are the settings of this process, which can sign nothing for another.
    """
    if _chosen is None:
        use_settings(Settings(secret_key=SecretStr(secrets.token_urlsafe(48))))
    return current_settings()


def use_settings(settings: Settings | None) -> None:
    """Override the settings of this process (tests, demonstration); None reads them anew."""
    global _chosen  # noqa: PLW0603 - one process has one set of settings
    _from_environment.cache_clear()
    _chosen = settings
