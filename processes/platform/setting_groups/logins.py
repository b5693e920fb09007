"""Settings of logging in: OpenID Connect, the level of employees, sessions."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from processes.platform.oidc_claims import OidcClaim


class LoginSettings(BaseSettings):
    """Who may log in by OpenID Connect, and how long a session lasts."""

    oidc_eherkenning_issuer: str = Field(
        "http://127.0.0.1:8002/eherkenning", description="OIDC issuer that logs providers in"
    )
    oidc_eherkenning_client_id: str = Field("loket", description="client id at that issuer")
    oidc_eherkenning_client_secret: SecretStr = Field(
        SecretStr("demo-secret-eherkenning"), description="client secret at that issuer"
    )
    oidc_eherkenning_name: str = Field(
        "OIDC", description="name of that broker, where users choose between brokers"
    )
    oidc_eherkenning_preset: Literal["etoegang", "signicat"] = Field(
        "etoegang", description="names under which that broker gives its claims"
    )
    oidc_eherkenning_claims: dict[OidcClaim, list[str]] = Field(
        {},
        description="claims that it gives elsewhere: a name (kvk, kvk_type, rsin, employee, "
        "branch, intermediary, company, service_id, service_uuid, level) and the path to it, as a "
        "list of names",
    )
    oidc_eherkenning_levels: dict[str, Literal["loa2", "loa2plus", "loa3", "loa4"]] = Field(
        {}, description="its own values of the level, and the level that each is"
    )
    oidc_eherkenning_scope: str = Field("openid", description="scopes that are asked there")
    oidc_accounts_issuer: str = Field(
        "http://127.0.0.1:8002/accounts", description="OIDC issuer for teachers and staff"
    )
    oidc_accounts_client_id: str = Field("loket", description="client id at that issuer")
    oidc_accounts_client_secret: SecretStr = Field(
        SecretStr("demo-secret-accounts"), description="client secret at that issuer"
    )
    oidc_key: Path | None = Field(
        None,
        description="file with the key in PEM (RSA, or an elliptic curve) that opens encrypted ID "
        "tokens; its public half stands at /inloggen/sleutels",
    )
    oidc_key_before: Path | None = Field(
        None, description="file with the key before it, which still opens"
    )
    oidc_encrypted: str = Field(
        "",
        pattern=r"^(eherkenning|accounts)?( (eherkenning|accounts))?$",
        description="eherkenning, accounts, or both with a space between: an ID token from there "
        "that is not encrypted is refused",
    )
    minimum_loa: Literal["loa2", "loa2plus", "loa3", "loa4"] = Field(
        "loa2plus", description="lowest eHerkenning level that may log in"
    )
    staff_acr: str = Field(
        "",
        description="values of acr, with spaces between, of which the login of staff must have one",
    )
    staff_amr: str = Field(
        "",
        description="values of amr, with spaces between, of which the login of staff must have "
        "one, such as mfa or otp (RFC 8176)",
    )
    session_idle_minutes: int = Field(30, gt=0, description="a session ends after so long a pause")
    session_absolute_hours: int = Field(8, gt=0, description="a session never lasts longer")
    recent_login_minutes: int = Field(
        15, gt=0, description="who logged in longer ago does so anew before a sensitive change"
    )

    @model_validator(mode="after")
    def _whole_oidc(self) -> Self:
        if self.encrypting_clients and self.oidc_key is None:
            message = "LOKET_OIDC_KEY is needed with LOKET_OIDC_ENCRYPTED"
            raise ValueError(message)
        return self

    @property
    def encrypting_clients(self) -> list[str]:
        """The OIDC clients whose ID tokens must be encrypted."""
        return self.oidc_encrypted.split()

    @property
    def staff_levels(self) -> list[str]:
        """The values of acr that are enough for staff; empty: any login is."""
        return self.staff_acr.split()

    @property
    def staff_methods(self) -> list[str]:
        """The values of amr of which the login of staff has one; empty: any login is enough."""
        return self.staff_amr.split()
