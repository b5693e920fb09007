#!/bin/sh
# samlify 2.13.1 and saml2-js 4.0.4 lose who somebody acts for, and no library of three hands over the level.

# eHerkenning tells the company in an attribute (LegalSubjectID) whose values are elements: a NameID with
# the kind of number as NameQualifier. SAML 2.0 core 2.7.3.1.1 lets an AttributeValue hold any element.
# Seen: of a signed response with a KvK number and an RSIN, samlify gives an empty list and saml2-js two
# empty texts; @node-saml/node-saml 5.1.0 gives both with their kinds. The level (AuthnContextClassRef)
# is in none of the three answers.

# What Loket does: it reads the subject and the level from the verified element itself
# (app/auth/saml, docs/adr/0017-saml.md).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund samlify@2.13.1 saml2-js@4.0.4 @node-saml/node-saml@5.1.0 \
  xml-crypto@6.1.2 selfsigned@2.4.1
cat >show.cjs <<'JAVASCRIPT'
const { SAML } = require("@node-saml/node-saml");
const saml2 = require("saml2-js");
const samlify = require("samlify");
const selfsigned = require("selfsigned");
const { SignedXml } = require("xml-crypto");

const SPACE = "urn:oasis:names:tc:SAML:2.0";
const LEVEL = "urn:etoegang:core:assurance-class:loa3";
const SUBJECT = "urn:etoegang:core:LegalSubjectID";
const ACS = "https://register.example/acs";
const { private: key, cert } = selfsigned.generate(null, { keySize: 2048 });
const bare = cert.replace(/-----[^-]*-----|\s/g, "");
const now = new Date().toISOString();
const later = new Date(Date.now() + 300000).toISOString();
const number = (kind, text) => `<saml:AttributeValue><saml:NameID
 NameQualifier="urn:etoegang:1.9:EntityConcernedID:${kind}">${text}</saml:NameID></saml:AttributeValue>`;
const response = `<samlp:Response xmlns:samlp="${SPACE}:protocol" xmlns:saml="${SPACE}:assertion" ID="_r" Version="2.0"
 IssueInstant="${now}" Destination="${ACS}"><saml:Issuer>urn:idp</saml:Issuer><samlp:Status><samlp:StatusCode
 Value="${SPACE}:status:Success"/></samlp:Status><saml:Assertion xmlns:saml="${SPACE}:assertion" ID="_a" Version="2.0"
 IssueInstant="${now}"><saml:Issuer>urn:idp</saml:Issuer><saml:Subject><saml:NameID
 Format="${SPACE}:nameid-format:transient">t1</saml:NameID><saml:SubjectConfirmation Method="${SPACE}:cm:bearer">
<saml:SubjectConfirmationData NotOnOrAfter="${later}" Recipient="${ACS}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="${now}" NotOnOrAfter="${later}"><saml:AudienceRestriction><saml:Audience>urn:sp</saml:Audience>
</saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="${now}" SessionIndex="s1">
<saml:AuthnContext><saml:AuthnContextClassRef>${LEVEL}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
<saml:AttributeStatement><saml:Attribute Name="${SUBJECT}">${number("KvKnr", "12345678")}${number("RSIN", "123456782")}
</saml:Attribute></saml:AttributeStatement></saml:Assertion></samlp:Response>`;

const signed = (xml, id) => {
  const c14n = "http://www.w3.org/2001/10/xml-exc-c14n#";
  const signer = new SignedXml({ privateKey: key, publicCert: cert, canonicalizationAlgorithm: c14n,
    signatureAlgorithm: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" });
  signer.addReference({ xpath: `//*[@ID="${id}"]`, digestAlgorithm: "http://www.w3.org/2001/04/xmlenc#sha256",
    transforms: ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", c14n] });
  signer.computeSignature(xml, { location: { action: "after", reference: `//*[@ID="${id}"]/*[local-name()="Issuer"]` } });
  return signer.getSignedXml();
};
const sent = Buffer.from(signed(signed(response, "_a"), "_r")).toString("base64");
const post = `${SPACE}:bindings:HTTP-POST`;

const byNodeSaml = async () => {
  const options = { callbackUrl: ACS, entryPoint: "https://idp.example", issuer: "urn:sp", idpCert: cert,
    validateInResponseTo: "never" };
  const { profile } = await new SAML(options).validatePostResponseAsync({ SAMLResponse: sent });
  return [profile, profile.attributes[SUBJECT].map(({ NameID: [{ _: text }] }) => text)];
};
const bySaml2 = () => new Promise((done, failed) => {
  const provider = new saml2.ServiceProvider({ entity_id: "urn:sp", private_key: key, certificate: cert,
    assert_endpoint: ACS, allow_unencrypted_assertion: true });
  const idp = new saml2.IdentityProvider({ sso_login_url: "https://idp.example", certificates: [bare] });
  provider.post_assert(idp, { request_body: { SAMLResponse: sent } }, (error, answer) =>
    (error ? failed(error) : done([answer, answer.user.attributes[SUBJECT]])));
});
const bySamlify = async () => {
  samlify.setSchemaValidator({ validate: async () => "passed" });
  const idp = samlify.IdentityProvider({ entityID: "urn:idp", signingCert: bare,
    singleSignOnService: [{ Binding: post, Location: "https://idp.example" }],
    singleLogoutService: [{ Binding: post, Location: "https://idp.example" }] });
  const provider = samlify.ServiceProvider({ entityID: "urn:sp", wantAssertionsSigned: true, wantMessageSigned: true,
    assertionConsumerService: [{ Binding: post, Location: ACS }] });
  const { extract } = await provider.parseLoginResponse(idp, "post", { body: { SAMLResponse: sent } });
  return [extract, extract.attributes[SUBJECT]];
};
(async () => {
  for (const [name, read] of [["node-saml", byNodeSaml], ["saml2-js", bySaml2], ["samlify", bySamlify]]) {
    const [answer, subject] = await read();
    console.log(name, "subject", JSON.stringify(subject), "level", JSON.stringify(answer).includes(LEVEL));
  }
})();
JAVASCRIPT
cat >expected <<'TEXT'
node-saml subject ["12345678","123456782"] level false
saml2-js subject ["",""] level false
samlify subject [] level false
TEXT
node show.cjs | tee seen
diff expected seen
