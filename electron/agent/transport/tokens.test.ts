import { expect, it } from 'vitest';
import type { Clock } from '#shared/base/clock.ts';
import { AppError } from '#shared/base/errors.ts';
import { failure, type Reply } from '#shared/contract/operation.ts';
import type { Identity } from '#shared/contract/login.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import { DeviceKey } from './device-key.ts';
import { SignedHttp } from './signed-http.ts';
import { Tokens } from './tokens.ts';

const member = { id: 'm', memberId: 'sato', name: '佐藤', reading: 'さとう', organisation: null, title: null, state: 'active' as const };
const identity: Identity = {
  tenant: 'demo',
  tenantName: 'デモ',
  member,
  role: 'member',
  sessionId: 's',
  databaseKey: 'k',
  policyRevision: 0,
};

const answer = (reply: Reply, status = 200, headers: Record<string, string> = {}): HttpResponse => ({
  status,
  header: (name) => headers[name.toLowerCase()] ?? null,
  body: (async function* () {
    yield Buffer.from(JSON.stringify(reply));
  })(),
});

/** A server that rotates refresh tokens `r1`, `r2`, …, and takes a spent one once more. */
function rotating(options: { lose?: number; fail?: AppError } = {}) {
  const asked: { refreshToken: string; resumed: boolean }[] = [];
  let lost = 0;
  const http = async (request: HttpRequest): Promise<HttpResponse> => {
    const input = JSON.parse(String(request.body)) as { refreshToken: string; resumed: boolean };
    asked.push(input);
    if (options.fail !== undefined) return answer(failure(options.fail));
    if (lost < (options.lose ?? 0)) {
      lost += 1;
      throw new AppError('unavailable', 'lost');
    }
    const next = `r${Number(input.refreshToken.slice(1)) + 1}`;
    return answer({
      ok: true,
      value: { grant: { accessToken: `access for ${next}`, expiresInSeconds: 300, refreshToken: next }, identity },
    });
  };
  return { http, asked };
}

const clock = { at: 0, now: () => 0, monotonic: () => clock.at, after: () => () => {} } satisfies Clock & { at: number };

function tokens(http: (request: HttpRequest) => Promise<HttpResponse>) {
  clock.at = 0;
  const log: string[] = [];
  const signed = new SignedHttp({ url: 'https://example.test', key: DeviceKey.generate(), http, clock, version: '1.0.0' });
  const made = new Tokens({
    http: signed,
    clock,
    refreshToken: 'r1',
    resumed: true,
    save: async (refreshToken) => {
      await Promise.resolve();
      log.push(`saved ${refreshToken}`);
    },
    onEnded: (reason) => log.push(`ended ${reason}`),
  });
  return { tokens: made, log };
}

it('renews once for all who wait, and saves the new token before anybody gets the new access', async () => {
  const server = rotating();
  const { tokens: made, log } = tokens(server.http);
  const given = await Promise.all([1, 2, 3].map(() => made.access().then((token) => (log.push(`used ${token}`), token))));
  expect(new Set(given)).toEqual(new Set(['access for r2']));
  expect(server.asked).toEqual([{ refreshToken: 'r1', resumed: true }]);
  expect(log[0]).toBe('saved r2');
});

it('says only the first time that a kept session is taken up', async () => {
  const server = rotating();
  const { tokens: made } = tokens(server.http);
  await made.access();
  clock.at = 271_000;
  await made.access();
  expect(server.asked.map(({ resumed }) => resumed)).toEqual([true, false]);
});

it('sends the old token again after a lost answer, at once and later', async () => {
  const server = rotating({ lose: 3 });
  const { tokens: made, log } = tokens(server.http);
  await expect(made.access()).rejects.toMatchObject({ code: 'unavailable' });
  expect(await made.access()).toBe('access for r2');
  expect(server.asked.map(({ refreshToken }) => refreshToken)).toEqual(['r1', 'r1', 'r1', 'r1']);
  expect(log).toEqual(['saved r2']);
});

it.each([
  ['unauthenticated', 'session_ended'],
  ['denied', 'keep_login_forbidden'],
] as const)('ends for good when the server answers %s with %s', async (code, reason) => {
  const server = rotating({ fail: new AppError(code, 'no', { details: { reason } }) });
  const { tokens: made, log } = tokens(server.http);
  await expect(made.access()).rejects.toMatchObject({ code });
  await expect(made.access()).rejects.toMatchObject({ code: 'unauthenticated', details: { reason } });
  expect(server.asked).toHaveLength(1);
  expect(log).toEqual([`ended ${reason}`]);
});

it('lives on when only the gate is closed for now', async () => {
  const server = rotating({ fail: new AppError('denied', 'no', { details: { reason: 'network_denied' } }) });
  const { tokens: made, log } = tokens(server.http);
  await expect(made.access()).rejects.toMatchObject({ code: 'denied' });
  await expect(made.access()).rejects.toMatchObject({ code: 'denied' });
  expect(log).toEqual([]);
});

it('tries once more with the nonce that a 401 brought, and only once', async () => {
  const proofs: (string | undefined)[] = [];
  let nonce = 0;
  const http = async (request: HttpRequest): Promise<HttpResponse> => {
    const payload = JSON.parse(Buffer.from(request.headers['dpop']!.split('.')[1]!, 'base64url').toString()) as { nonce?: string };
    proofs.push(payload.nonce);
    nonce += 1;
    return answer(failure(new AppError('unauthenticated', 'nonce')), 401, { 'dpop-nonce': `n${nonce}` });
  };
  const signed = new SignedHttp({ url: 'https://example.test', key: DeviceKey.generate(), http, clock, version: '1.0.0' });
  const { status } = await signed.call('server.info', {}, null);
  expect(status).toBe(401);
  expect(proofs).toEqual([undefined, 'n1']);
});
