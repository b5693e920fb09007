// A SAML identity provider that nobody here wrote (npm samlp), for tests/app/auth/saml/test_foreign_providers.py.
// node samlp.mjs FOLDER ANSWERS_AT: FOLDER holds broker.key, broker.crt and portal.crt. Prints its address when it listens.
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import express from 'express';
import samlp from 'samlp';

const [folder, answersAt] = process.argv.slice(2);
const file = (name) => readFileSync(join(folder, name));
const portal = file('portal.crt');
const LEVEL = 'urn:etoegang:core:assurance-class:';

function Profile(user) {
  return {
    getClaims: () => user.claims,
    getNameIdentifier: () => ({ nameIdentifier: 'transient', nameIdentifierFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' }),
  };
}
Profile.prototype.metadata = [];

const app = express();
app.use(express.urlencoded({ extended: false }));
const server = app.listen(0, '127.0.0.1', () => {
  const address = `http://127.0.0.1:${server.address().port}`;
  const options = {
    issuer: `${address}/metadata`, cert: file('broker.crt'), key: file('broker.key'), signingCert: portal,
    getPostURL: (audience, dom, request, done) => done(null, answersAt), profileMapper: Profile, lifetimeInSeconds: 120,
    recipient: answersAt, destination: answersAt, nameIdentifierProbes: [], signatureAlgorithm: 'rsa-sha256', digestAlgorithm: 'sha256',
  };
  const closed = {
    encryptionCert: portal, encryptionPublicKey: createPublicKey(portal).export({ type: 'spki', format: 'pem' }),
    encryptionAlgorithm: 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  };
  app.get('/metadata', samlp.metadata({ issuer: options.issuer, cert: options.cert, redirectEndpointPath: '/sso', postEndpointPath: '/sso', profileMapper: Profile }));
  app.post('/sso', (request, response, next) => {
    samlp.parseRequest(request, { signingCert: portal }, (error) => {
      if (error) return response.status(400).send(String(error));
      const { level, claims, encrypted, response: whole } = JSON.parse(request.body.asked);
      const user = { claims };
      const chosen = { ...options, ...(encrypted ? closed : {}), signAssertion: true, signResponse: Boolean(whole) };
      if (level === 'cancel') {
        const refusal = { code: 'urn:oasis:names:tc:SAML:2.0:status:Responder', description: 'cancelled' };
        return samlp.sendError({ ...options, getPostURL: (r, done) => done(null, answersAt), RelayState: request.body.RelayState, error: refusal })(request, response, next);
      }
      return samlp.auth({ ...chosen, authnContextClassRef: LEVEL + level, getUserFromRequest: () => user })(request, response, next);
    });
  });
  app.use((error, request, response, _next) => response.status(500).send(String(error.stack || error)));
  console.log(address);
});
