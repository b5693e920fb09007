"""Settings of eHerkenning: the service in its catalogue, its suppliers, brokers with SAML."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints
from pydantic_settings import BaseSettings

Link = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+\.[^\s]+$")]


class EHerkenningSettings(BaseSettings):
    """The service as eHerkenning knows it, and SAML 2.0 with its brokers."""

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
