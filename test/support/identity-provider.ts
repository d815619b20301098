import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

/** A person at the identity provider. */
export interface ProviderAccount {
  readonly sub: string;
  readonly preferred_username: string;
  readonly email?: string;
  readonly email_verified?: boolean;
}

export interface TestIdentityProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Who is logged in there; what the browser below answers with. */
  account: ProviderAccount;
  /** Follows the browser's way from `url` until it leaves the provider; the address it would go to then. */
  browse(url: string): Promise<string>;
  close(): Promise<void>;
}

/** A real OpenID Connect provider on loopback, with one confidential client and a person who agrees to everything. */
export async function startIdentityProvider(redirectUris: readonly string[]): Promise<TestIdentityProvider> {
  const server: Server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clientId = 'hikyaku';
  const clientSecret = 'a secret of thirty-two characters';
  const self: { account: ProviderAccount } = { account: { sub: 'person-1', preferred_username: 'sato' } };
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [...redirectUris], response_types: ['code'] }],
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    claims: { openid: ['sub'], profile: ['preferred_username'], email: ['email', 'email_verified'] },
    cookies: { keys: ['test'] },
    features: { devInteractions: { enabled: false } },
    findAccount: () => ({ accountId: self.account.sub, claims: async () => ({ ...self.account }) }),
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  });
  provider.on('server_error', () => undefined);
  const listener = provider.callback();

  const handle = async (request: Parameters<typeof listener>[0], response: Parameters<typeof listener>[1]): Promise<void> => {
    if (!request.url!.startsWith('/interaction/')) return void listener(request, response);
    const details = await provider.interactionDetails(request, response);
    if (details.prompt.name === 'login') {
      await provider.interactionFinished(request, response, { login: { accountId: self.account.sub } });
      return;
    }
    const grant = new provider.Grant({ accountId: self.account.sub, clientId });
    grant.addOIDCScope('openid profile email');
    await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
  };

  return Object.assign(self, {
    issuer,
    clientId,
    clientSecret,
    browse: async (url: string): Promise<string> => {
      const cookies = new Map<string, string>();
      let at = url;
      for (let hops = 0; hops < 12; hops += 1) {
        if (!at.startsWith(issuer)) return at;
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const answer = await fetch(at, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
        for (const line of answer.headers.getSetCookie()) {
          const [pair = ''] = line.split(';');
          const equals = pair.indexOf('=');
          cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
        }
        const location = answer.headers.get('location');
        if (location === null) throw new Error(`The provider stopped at ${at}: ${answer.status} ${await answer.text()}`);
        at = new URL(location, at).href;
      }
      throw new Error('The provider goes round in circles');
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
