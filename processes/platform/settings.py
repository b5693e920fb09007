"""All settings: environment variables LOKET_*, read by the web, the workers and the CLI."""

import secrets
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, StringConstraints, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from processes.platform.oidc_claims import OidcClaim
from processes.platform.running_demonstration import remembered
from processes.platform.unsafe_settings import production_faults

__all__ = ["Link", "Profile", "Settings", "current_settings", "production_faults", "use_settings"]


class Profile(StrEnum):
    DEMO = "demo"  # everything on this machine, with a login simulator and a mail sink
    PRODUCTION = "production"  # refuses defaults that are only safe on one's own machine


Link = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+\.[^\s]+$")]


def _database_in(values: dict[str, Any]) -> str:
    return f"sqlite:///{values['var'].resolve() / 'loket.db'}"


def _kept_secret(values: dict[str, Any]) -> SecretStr:
    """Make a secret once, and keep it, so that a second run keeps its sessions."""
    if values.get("profile") is Profile.PRODUCTION:
        return SecretStr("")  # refused with whatever else is wrong
    file = Path(values["var"]) / "secret_key"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48))
    return SecretStr(file.read_text().strip())


class Settings(BaseSettings):
    """What can be set from outside; each field is the variable LOKET_<NAME>."""

    model_config = SettingsConfigDict(
        env_prefix="LOKET_", env_ignore_empty=True, extra="ignore", frozen=True
    )

    profile: Profile = Field(Profile.DEMO, description="demo, or production")
    var: Path = Field(Path("var"), description="folder for what the demonstration keeps")
    database_url: str = Field(
        default_factory=_database_in, description="SQLAlchemy URL: sqlite:///… or postgresql://…"
    )
    redis_url: str = Field("redis://127.0.0.1:6379/0", description="broker for background jobs")
    hosts: int = Field(
        1, ge=1, description="machines that run a part of Loket; SQLite serves one only"
    )
    public_url: str = Field(
        "http://127.0.0.1:8000", description="address users type; other host names are refused"
    )
    private_hosts: str = Field(
        "",
        description="hosts, with commas between, on a network of this machine alone: no TLS asked",
    )
    trusted_proxies: int = Field(
        0, ge=0, description="proxies in front that set X-Forwarded-For and -Proto themselves"
    )
    secret_key: SecretStr = Field(
        default_factory=_kept_secret, description="signs form tokens; at least 32 characters"
    )
    secret_key_before: SecretStr | None = Field(
        None, description="the secret key before it: what that signed is still good"
    )

    smtp_host: str = Field("127.0.0.1", description="mail server")
    smtp_port: int = Field(2525, description="port of the mail server")
    smtp_user: str | None = Field(None, description="account at the mail server, if it asks")
    smtp_password: SecretStr | None = Field(None, description="password of that account")
    smtp_starttls: bool = Field(default=False, description="encrypt the connection with STARTTLS")
    mail_from: str = Field("Loket <noreply@loket.example>", description="sender of every e-mail")

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
    eherkenning_service: str = Field(
        "Lerarenregister: aanbod beheren",
        description="name of this service in the catalogue of eHerkenning",
    )
    eherkenning_site: Link = Field(
        "https://www.eherkenning.nl", description="the site of eHerkenning"
    )
    eherkenning_steps: Link = Field(
        "https://www.eherkenning.nl/nl/eherkenning-aanvragen",
        description="its step plan for who applies",
    )
    eherkenning_suppliers: dict[str, Link] = Field(
        {  # those whose own pages were seen; the whole list stands at the site, and changes
            "Digidentity": "https://www.digidentity.eu/nl/eherkenning/",
            "KPN": "https://www.kpn.com/zakelijk/eherkenning.htm",
            "Reconi": "https://www.reconi.nl/stappenplan-aanvragen/",
            "We-ID": "https://we-id.nl",
            "Z login": "https://www.zlogin.nl",
        },
        description="suppliers to link to, by name; the site of eHerkenning lists them all",
    )
    eherkenning_service_id: str = Field(
        "", description="ServiceID in its catalogue; a login for another service is refused"
    )
    eherkenning_service_uuid: str = Field("", description="ServiceUUID in its catalogue, likewise")
    saml_brokers: dict[str, str] = Field(
        {},
        description="brokers that log providers in with SAML: the name that users see, and the "
        "file with the broker's metadata",
    )
    saml_metadata_certificates: Path | None = Field(
        None,
        description="file with certificates in PEM, of which one must have signed the metadata of "
        "each broker; without it the files are believed as they are",
    )
    saml_entity_id: str = Field(
        "urn:etoegang:DV:00000000000000000000:entities:0000",
        description="EntityID under which SAML brokers know the portal",
    )
    saml_service_index: int = Field(
        1, ge=0, description="number of the service in the catalogue: AttributeConsumingService"
    )
    saml_key: Path | None = Field(
        None, description="file with the RSA key in PEM that signs for SAML, and opens"
    )
    saml_certificate: Path | None = Field(None, description="file with its certificate in PEM")
    saml_next_key: Path | None = Field(
        None, description="file with the next key during a rollover: it opens already"
    )
    saml_next_certificate: Path | None = Field(None, description="file with its certificate")
    saml_tls_key: Path | None = Field(
        None, description="file with the key of mutual TLS, where a broker asks for it"
    )
    saml_tls_certificate: Path | None = Field(None, description="file with its certificate")
    staff_acr: str = Field(
        "",
        description="values of acr, with spaces between, of which the login of staff must have one",
    )
    audit_key: Path | None = Field(
        None,
        description="file with the Ed25519 key in PEM that signs the checkpoints of the audit "
        "trail, once a day; without it none are made",
    )
    staff_amr: str = Field(
        "",
        description="values of amr, with spaces between, of which the login of staff must have "
        "one, such as mfa or otp (RFC 8176)",
    )
    session_idle_minutes: int = Field(30, gt=0, description="a session ends after so long a pause")
    session_absolute_hours: int = Field(8, gt=0, description="a session never lasts longer")

    four_eyes: bool = Field(
        default=False, description="a version of a process needs the approval of a second person"
    )

    kvk_api_url: str | None = Field(
        None, description="KVK API; without it the published test companies answer"
    )
    kvk_api_key: SecretStr | None = Field(None, description="key for the KVK API")
    legacy_source: str = Field("registerleraar", description="name of the legacy register")
    legacy_url: SecretStr | None = Field(
        None, description="SQLAlchemy URL of its database, only read; without it, staged exports"
    )
    legacy_table: str = Field("activiteiten", description="table or view with its offers")
    legacy_id_column: str = Field("activiteit_id", description="unique number of an offer there")
    legacy_kvk_column: str = Field("kvknummer", description="KvK number of the provider there")

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
    clamd_address: str | None = Field(
        None,
        description="ClamAV that looks at uploaded files: host:port, or the path of its socket; "
        "without it nothing is scanned",
    )
    security_contact: str = Field(
        "mailto:beveiliging@loket.example",
        pattern=r"^(mailto:|https://|tel:)[^\s]+$",
        description="where to report a leak, as in security.txt: mailto:…, https://… or tel:…",
    )
    metrics_token: SecretStr | None = Field(
        None, description="token that Prometheus sends to /metrics; without it, only this machine"
    )
    bounce_maildir: Path | None = Field(
        None, description="maildir where messages about undelivered mail arrive"
    )
    dkim_key: SecretStr | None = Field(
        None, description="RSA key in PEM that signs e-mail (DKIM), with its domain and selector"
    )
    dkim_domain: str | None = Field(None, description="domain of that key")
    dkim_selector: str = Field("loket", description="selector of that key in the DNS")

    @model_validator(mode="before")
    @classmethod
    def _beside_a_demonstration(cls, given: dict[str, Any]) -> dict[str, Any]:
        """A command beside a running `./run` finds its parts; what is set counts before that."""
        if given.get("profile", Profile.DEMO) == Profile.PRODUCTION:
            return given
        return remembered(Path(given.get("var", "var"))) | given

    @model_validator(mode="after")
    def _whole_dkim(self) -> Self:
        if self.dkim_key is not None and self.dkim_domain is None:
            message = "LOKET_DKIM_DOMAIN is needed with LOKET_DKIM_KEY"
            raise ValueError(message)
        return self

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
    def _whole_oidc(self) -> Self:
        if self.encrypting_clients and self.oidc_key is None:
            message = "LOKET_OIDC_KEY is needed with LOKET_OIDC_ENCRYPTED"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _safe_in_production(self) -> Self:
        if self.profile is Profile.PRODUCTION and (faults := production_faults(self)):
            raise ValueError("\n".join(faults))
        return self

    @property
    def secret_keys(self) -> list[SecretStr]:
        """The keys that may have signed something, the one that signs now last."""
        before = self.secret_key_before
        return [self.secret_key] if before is None else [before, self.secret_key]

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

    @property
    def has_oidc_eherkenning(self) -> bool:
        """Whether providers may log in by OIDC: always without SAML, else when it is set."""
        return not self.saml_brokers or "oidc_eherkenning_issuer" in self.model_fields_set

    @property
    def oidc_clients(self) -> tuple[str, ...]:
        """The OIDC clients that are used, as their settings begin."""
        by_oidc = ("oidc_eherkenning",) if self.has_oidc_eherkenning else ()
        return (*by_oidc, "oidc_accounts")

    @property
    def public_host(self) -> str:
        """The host name of `public_url`, the one host that requests may name."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def is_https(self) -> bool:
        """Whether users reach the portal over HTTPS, so that cookies may be Secure."""
        return self.public_url.startswith("https://")


@cache
def _from_environment() -> Settings:
    return Settings()


_chosen: Settings | None = None


def current_settings() -> Settings:
    """The settings of this process: the environment's, unless `use_settings` chose others."""
    return _chosen or _from_environment()


def use_settings(settings: Settings | None) -> None:
    """Override the settings of this process (tests, demonstration); None restores."""
    global _chosen  # noqa: PLW0603 - one process has one set of settings
    _chosen = settings
