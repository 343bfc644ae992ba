// A certified OpenID provider on a loopback port, for the tests of core/auth. Prints its port; ends with its stdin.
// A line on stdin, in seconds, sets its clock forward, and is answered by the same line.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

console.info = console.warn = () => {}; // its advice is for those who run it for real
const { Provider } = await import('oidc-provider');

const key = (type, options, alg) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }),
  alg,
  use: 'sig',
  kid: alg,
});

const REDIRECT = 'com.example.host:/cb';
const client = (client_id, alg) => ({
  client_id,
  token_endpoint_auth_method: 'none',
  application_type: 'native',
  redirect_uris: [REDIRECT],
  grant_types: ['authorization_code', 'refresh_token'],
  id_token_signed_response_alg: alg,
});

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [
      client('rs256', 'RS256'),
      client('ps256', 'PS256'),
      client('es256', 'ES256'),
      client('ed25519', 'Ed25519'),
    ],
    jwks: {
      keys: [
        key('rsa', { modulusLength: 2048 }, 'RS256'),
        key('rsa', { modulusLength: 2048 }, 'PS256'),
        key('ec', { namedCurve: 'P-256' }, 'ES256'),
        key('ed25519', {}, 'Ed25519'),
      ],
    },
    enabledJWA: {
      idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'Ed25519'],
      dPoPSigningAlgValues: ['ES256'],
    },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    features: {
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
      devInteractions: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_, resource) => ({
          scope: '',
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 300,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    pkce: { required: () => true },
  });
  server.on('request', provider.callback());
  console.log(port);
});

const now = Date.now;
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  Date.now = () => now() + Number(line) * 1000;
  console.log(line);
});
lines.on('close', () => process.exit());
