"""Signs and verifies XML with signxml; what is read afterwards is the signed bytes alone.

The form of a signature is checked before its value: one reference, to the element that holds it,
with the two transforms of SAML 2.0 Core §5.4.4 and no others.
"""

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.x509 import Certificate
from lxml import etree
from signxml.algorithms import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConstructionMethod,
    SignatureMethod,
)
from signxml.exceptions import InvalidCertificate, SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from app.auth.saml.xml import NAMESPACES, Element, SamlError, every, tag, the

EXCLUSIVE = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
TRANSFORMS = [SignatureConstructionMethod.enveloped.value, EXCLUSIVE.value]
PARTS = [tag("ds:SignedInfo"), tag("ds:SignatureValue"), tag("ds:KeyInfo")]
EXPECTED = SignatureConfiguration(
    location="./",
    expect_references=1,
    signature_methods=frozenset(
        {SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA384, SignatureMethod.RSA_SHA512}
    ),
    digest_algorithms=frozenset(
        {DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512}
    ),
)


def signed(
    element: Element, key: RSAPrivateKey, certificate: Certificate, *, name: str | None = None
) -> Element:
    """A copy with an enveloped signature, right after the Issuer, or first where there is none.

    `name` is the KeyName that it gets, beside the certificate.
    """
    at = 1 if every(element, "saml:Issuer") else 0
    element.insert(at, etree.Element(tag("ds:Signature"), Id="placeholder", nsmap=_PREFIX))
    signer = XMLSigner(
        signature_algorithm=SignatureMethod.RSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=EXCLUSIVE,
    )
    reference = f"#{element.get('ID')}"
    return signer.sign(
        element,
        key=key,
        cert=[certificate],
        reference_uri=reference,
        id_attribute="ID",
        key_name=name,
    )


_PREFIX = {"ds": NAMESPACES["ds"]}


def is_signed(element: Element) -> bool:
    """Whether the element holds a signature of itself; that says nothing of its worth."""
    return bool(every(element, "ds:Signature"))


def verified(element: Element, certificates: Sequence[Certificate]) -> Element:
    """What one of these certificates signed of the element, read anew from the signed bytes.

    Raises SamlError.
    """
    _check_form(element)
    data = etree.tostring(element, with_tail=False)
    problems = []
    for certificate in certificates:
        try:
            return _verified(data, certificate, element)
        except InvalidCertificate as error:
            problems.append(f"the broker's certificate is not valid now: {error}")
        # What signxml raises on odd input is not all its own.
        except (SignXMLException, etree.LxmlError, ValueError, TypeError, AttributeError) as error:
            problems.append(f"{type(error).__name__}: {error}")
    message = "; ".join(["no valid signature", *problems])
    raise SamlError(message)


def _verified(data: bytes, certificate: Certificate, element: Element) -> Element:
    result = XMLVerifier().verify(
        data, x509_cert=certificate, id_attribute="ID", expect_config=EXPECTED
    )
    found = result[0].signed_xml if isinstance(result, list) else result.signed_xml
    if found is None or (found.tag, found.get("ID")) != (element.tag, element.get("ID")):
        message = "the signature is of another element"
        raise SamlError(message)
    return found


def _check_form(element: Element) -> None:
    signature = the(element, "ds:Signature")
    if [part.tag for part in signature if part.tag != PARTS[2]] != PARTS[:2]:
        message = "a signature with other parts"
        raise SamlError(message)
    info = the(signature, "ds:SignedInfo")
    reference = the(info, "ds:Reference")
    transforms = [each.get("Algorithm") for each in the(reference, "ds:Transforms")]
    if not element.get("ID") or reference.get("URI") != f"#{element.get('ID')}":
        message = f"a signature of {reference.get('URI')!r}, not of the element that holds it"
        raise SamlError(message)
    if transforms != TRANSFORMS:
        message = f"the transforms {transforms}"
        raise SamlError(message)
    if the(info, "ds:CanonicalizationMethod").get("Algorithm") != EXCLUSIVE.value:
        message = "another canonicalization"
        raise SamlError(message)
