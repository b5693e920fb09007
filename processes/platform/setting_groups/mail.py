"""Settings of mail: the server, bounces, the key that signs (DKIM)."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings


class MailSettings(BaseSettings):
    """How e-mail leaves, and where what could not be delivered comes back."""

    smtp_host: str = Field("127.0.0.1", description="mail server")
    smtp_port: int = Field(2525, description="port of the mail server")
    smtp_user: str | None = Field(None, description="account at the mail server, if it asks")
    smtp_password: SecretStr | None = Field(None, description="password of that account")
    smtp_starttls: bool = Field(default=False, description="encrypt the connection with STARTTLS")
    mail_from: str = Field("Loket <noreply@loket.example>", description="sender of every e-mail")
    late_tasks_to: str | None = Field(
        None, description="address that is told once of each task five working days late"
    )
    bounce_maildir: Path | None = Field(
        None, description="maildir where messages about undelivered mail arrive"
    )
    dkim_key: SecretStr | None = Field(
        None, description="RSA key in PEM that signs e-mail (DKIM), with its domain and selector"
    )
    dkim_domain: str | None = Field(None, description="domain of that key")
    dkim_selector: str = Field("loket", description="selector of that key in the DNS")

    @model_validator(mode="after")
    def _whole_dkim(self) -> Self:
        if self.dkim_key is not None and self.dkim_domain is None:
            message = "LOKET_DKIM_DOMAIN is needed with LOKET_DKIM_KEY"
            raise ValueError(message)
        return self
