"""The files and settings with which the demonstration logs in by SAML: made once, and kept."""

from base64 import b64encode
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from lxml import etree

from app.auth.saml.brokers import POST, SOAP
from app.auth.saml.metadata import PROTOCOL
from app.auth.saml.xml import NAMESPACES, tag
from app.demo.saml_keys import kept_pair
from processes.platform.running_demonstration import SAML_FOLDER, SAML_METADATA, saml_settings

PORTAL, SIMULATOR = "portal", "simulator"
ARTIFACTS_AT = "/artifact"


def prepared_saml(folder: Path, login: str) -> dict[str, Any]:
    """The settings for the simulator at this address, whose files are in this folder then."""
    place = folder / SAML_FOLDER
    kept_pair(place, PORTAL)
    _key, certificate = kept_pair(place, SIMULATOR)
    (place / SAML_METADATA).write_bytes(
        simulator_metadata(f"{login}/eherkenning/saml", certificate.read_bytes())
    )
    return saml_settings(folder)


def simulator_metadata(address: str, certificate: bytes) -> bytes:
    """The metadata of the simulator; its address is its entity ID too."""
    root = etree.Element(
        tag("md:EntityDescriptor"),
        {"entityID": address},
        nsmap={prefix: NAMESPACES[prefix] for prefix in ("md", "ds")},
    )
    role = etree.SubElement(
        root, tag("md:IDPSSODescriptor"), {"protocolSupportEnumeration": PROTOCOL}
    )
    info = etree.SubElement(
        etree.SubElement(role, tag("md:KeyDescriptor"), {"use": "signing"}), tag("ds:KeyInfo")
    )
    data = etree.SubElement(info, tag("ds:X509Data"))
    der = load_pem_x509_certificate(certificate).public_bytes(Encoding.DER)
    etree.SubElement(data, tag("ds:X509Certificate")).text = b64encode(der).decode()
    etree.SubElement(
        role,
        tag("md:ArtifactResolutionService"),
        {"Binding": SOAP, "Location": address + ARTIFACTS_AT, "index": "0"},
    )
    etree.SubElement(role, tag("md:SingleSignOnService"), {"Binding": POST, "Location": address})
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
