"""Settings of the systems that are asked: trade register, older register, virus scanner."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class SourceSettings(BaseSettings):
    """Where the trade register, the older register and ClamAV answer."""

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
    clamd_address: str | None = Field(
        None,
        description="ClamAV that looks at uploaded files: host:port, or the path of its socket; "
        "without it nothing is scanned",
    )
