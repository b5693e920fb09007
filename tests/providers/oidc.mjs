// An OpenID provider that nobody here wrote (npm oidc-provider), for tests/app/auth/test_foreign_oidc.py.
// node oidc.mjs REDIRECT_URI JWKS LOGOUT_URI: prints its address when it listens. Claims come from userinfo alone, as is its default.
// For the client "loket-encrypted" it encrypts ID tokens with the key in JWKS. Who logs out at /session/end is told at LOGOUT_URI; of "loket-encrypted" without the session.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import express from 'express';
import Provider, { interactionPolicy } from 'oidc-provider';

const [redirectUri, jwks, logoutUri] = process.argv.slice(2);
const LEVELS = ['loa2', 'loa2plus', 'loa3', 'loa4'].map((level) => `urn:etoegang:core:assurance-class:${level}`);
const NAMES = ['kvk', 'employee', 'company'];
const PSEUDONYM = `${'a1'.repeat(32)}@${'b2'.repeat(16)}`;
const PEOPLE = { piet: LEVELS[2], laag: LEVELS[0] };
const client = (id) => ({ client_id: id, client_secret: 'secret-of-the-tests', redirect_uris: [redirectUri], response_types: ['code'], grant_types: ['authorization_code'], backchannel_logout_uri: logoutUri, backchannel_logout_session_required: id === 'loket' });
const app = express();
const server = createServer(app).listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const policy = interactionPolicy.base();
  policy.remove('consent');
  const provider = new Provider(issuer, {
    clients: [client('loket'), { ...client('loket-encrypted'), jwks: JSON.parse(jwks), id_token_encrypted_response_alg: 'RSA-OAEP-256', id_token_encrypted_response_enc: 'A256GCM' }],
    jwks: { keys: [{ ...key, alg: 'RS256', use: 'sig', kid: 'k1' }] },
    cookies: { keys: ['of-the-tests'] },
    acrValues: LEVELS,
    scopes: ['openid', 'eherkenning'],
    claims: { openid: ['sub'], acr: null, eherkenning: NAMES },
    features: { devInteractions: { enabled: false }, claimsParameter: { enabled: true }, encryption: { enabled: true }, backchannelLogout: { enabled: true } },
    // As it is, it tells nobody at a loopback address (9.13.3).
    fetch: (url, options) => globalThis.fetch(url, { ...options, dispatcher: undefined }),
    pkce: { required: () => true },
    interactions: { policy, url: (_context, interaction) => `/login/${interaction.uid}` },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, kvk: { number: '68750110' }, employee: PSEUDONYM, company: 'Test BV Donald' }) }),
    async loadExistingGrant(context) {
      const grant = new context.oidc.provider.Grant({ clientId: context.oidc.client.clientId, accountId: context.oidc.session.accountId });
      grant.addOIDCScope('openid eherkenning');
      grant.addOIDCClaims(['acr']);
      await grant.save();
      return grant;
    },
  });
  app.get('/login/:uid', async (request, response) => {
    await provider.interactionDetails(request, response);
    response.send(`<form method="post" action="/login/${request.params.uid}"></form>`);
  });
  app.post('/login/:uid', express.urlencoded({ extended: false }), async (request, response) => {
    const level = PEOPLE[request.body.who];
    const result = level ? { login: { accountId: request.body.who, acr: level, remember: false } } : { error: 'access_denied', error_description: 'cancelled' };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  });
  app.use(provider.callback());
  console.log(issuer);
});
