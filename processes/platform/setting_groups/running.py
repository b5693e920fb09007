"""Settings of where Loket runs: profile, database, broker, addresses, secret key."""

import secrets
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from processes.platform.running_demonstration import remembered


class Profile(StrEnum):
    DEMO = "demo"  # everything on this machine, with a login simulator and a mail sink
    PRODUCTION = "production"  # refuses defaults that are only safe on one's own machine


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


class RunningSettings(BaseSettings):
    """Where the parts run and how they are reached."""

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

    @model_validator(mode="before")
    @classmethod
    def _beside_a_demonstration(cls, given: dict[str, Any]) -> dict[str, Any]:
        """A command beside a running `./run` finds its parts; what is set counts before that."""
        if given.get("profile", Profile.DEMO) == Profile.PRODUCTION:
            return given
        return remembered(Path(given.get("var", "var"))) | given

    @property
    def secret_keys(self) -> list[SecretStr]:
        """The keys that may have signed something, the one that signs now last."""
        before = self.secret_key_before
        return [self.secret_key] if before is None else [before, self.secret_key]

    @property
    def public_host(self) -> str:
        """The host name of `public_url`, the one host that requests may name."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def is_https(self) -> bool:
        """Whether users reach the portal over HTTPS, so that cookies may be Secure."""
        return self.public_url.startswith("https://")
