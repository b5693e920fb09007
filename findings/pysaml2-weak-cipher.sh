#!/bin/sh
# pysaml2 7.5.5 as an identity provider encrypts each assertion with Triple DES, whatever the service asks for.

# The metadata of a service names the ciphers that it opens (`md:EncryptionMethod`, SAML 2.0 Metadata 2.4.1.1).
# The provider reads the certificate from there and not the ciphers: the template that it hands to the encrypting
# program says tripledes-cbc, the default of `pre_encryption_part`, for which it has no setting. Here the service
# names AES-256-GCM alone. (The encrypting itself needs the program xmlsec1; the template is looked at before.)

# What Loket does: an assertion in another cipher than AES is refused (app/auth/saml/encryption.py); its metadata
# names no ciphers, because the norm of eHerkenning forbids what it does not list. The tests' provider is given
# its cipher from outside (tests/providers/saml.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pysaml2==7.5.5
cat >show.py <<'PYTHON'
import base64
import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from saml2 import BINDING_HTTP_POST
from saml2.config import IdPConfig
from saml2.server import Server

AES = "http://www.w3.org/2009/xmlenc11#aes256-gcm"
SERVICE = "https://service.example"

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "example")])
begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
certificate = (
    x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin.replace(year=2046))
    .sign(key, hashes.SHA256())
)
Path("cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
Path("key.pem").write_bytes(
    key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
)
text = base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
Path("service.xml").write_text(f"""<md:EntityDescriptor entityID="{SERVICE}"
    xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
  <md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="encryption">
      <ds:KeyInfo><ds:X509Data><ds:X509Certificate>{text}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
      <md:EncryptionMethod Algorithm="{AES}"/>
    </md:KeyDescriptor>
    <md:AssertionConsumerService index="0" Location="{SERVICE}/acs" Binding="{BINDING_HTTP_POST}"/>
  </md:SPSSODescriptor>
</md:EntityDescriptor>""")
Path("xmlsec1").write_text("#!/bin/sh\necho 'xmlsec1 1.2.37 (openssl)'\n")
Path("xmlsec1").chmod(0o755)
config = IdPConfig().load(
    {
        "entityid": "https://provider.example",
        "xmlsec_binary": str(Path("xmlsec1").resolve()),
        "key_file": "key.pem",
        "cert_file": "cert.pem",
        "metadata": {"local": ["service.xml"]},
        "service": {
            "idp": {"endpoints": {"single_sign_on_service": [("https://provider.example/sso", BINDING_HTTP_POST)]}}
        },
    }
)
server = Server(config=config)
told = server.metadata[SERVICE]["spsso_descriptor"][0]["key_descriptor"][0]["encryption_method"]
print("the service opens:", [each["algorithm"] for each in told])
templates = []
server.sec.encrypt_assertion = lambda _statement, _key, template, **_more: templates.append(template)
server._encrypt_assertion(None, SERVICE, "<response/>")
print("the provider encrypts with:", templates[0].encryption_method.algorithm)
PYTHON
cat >expected <<'TEXT'
the service opens: ['http://www.w3.org/2009/xmlenc11#aes256-gcm']
the provider encrypts with: http://www.w3.org/2001/04/xmlenc#tripledes-cbc
TEXT
venv/bin/python show.py 2>/dev/null | tee seen
diff expected seen
