import { copyFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openCountries, shippedCountries } from '../../server/store/countries.ts';
import { listenAs } from '../support/event-listener.ts';
import { RawClient } from '../support/raw-client.ts';
import { failure, from, office, startRulesServer, valueOf, type RulesServer } from '../support/rules-server.ts';

/** Addresses whose countries the shipped data knows. */
const japan = from('133.11.0.1');
const usa = from('8.8.8.8');

describe('the rule on countries (NET-02, NET-03)', () => {
  let server: RulesServer;
  beforeAll(async () => {
    server = await startRulesServer();
  });
  afterAll(() => server.running.close());
  beforeEach(() => server.reset());
  const rules = async (network: object): Promise<void> => {
    const patch = { network: { limitCountries: true, countries: ['JP', 'AU'], ...network } };
    valueOf(await server.admin.call('policy.set', { patch }, office));
  };

  test('from a listed country everything goes on; from another the session stops until the person is verified', async () => {
    const [inside, away] = [await server.loggedIn('sato', japan), await server.loggedIn('tanaka', usa)];
    const [stays, goes] = [await listenAs(inside, japan), await listenAs(away, usa)];
    await rules({});
    expect(await goes.until(({ type }) => type === 'session.ended')).toEqual({ type: 'session.ended', reason: 'country_unverified' });
    await stays.until(({ type }) => type === 'policy.changed');
    stays.socket.terminate();
    expect((await inside.call('session.current', {}, japan)).status).toBe(200);
    const refused = await away.call('session.current', {}, usa);
    expect([refused.status, refused.body.error?.details]).toEqual([403, { reason: 'country_unverified', rule: 'NET-03', subject: 'US' }]);
    const resumed = { refreshToken: away.grant!.refreshToken, resumed: true };
    expect(failure(await away.call('session.refresh', resumed, usa, null))).toEqual([403, 'denied', 'country_unverified']);
    expect((await away.call('session.current', {}, japan)).status).toBe(200);
    await server.database().updateTable('sessions').set({ verified_at: 1 }).where('member_id', '=', 'member-tanaka').execute();
    expect((await away.call('session.current', {}, usa)).status).toBe(200);
    // Where the rule refuses, having been verified changes nothing.
    await rules({ outside: 'block' });
    expect(failure(await away.call('session.current', {}, usa))).toEqual([403, 'denied', 'country_denied']);
    await server.database().updateTable('sessions').set({ verified_at: null }).where('member_id', '=', 'member-tanaka').execute();
  });

  test('every login is in the log with its country, refused ones too', async () => {
    await server.loggedIn('sato', usa);
    await new RawClient(server.running.url).login('sato', { headers: japan, password: 'wrong password 1' });
    const [failed, opened] = await server.audited('session.login');
    expect([failed?.result, failed?.details['country'], opened?.result, opened?.details['country']]).toEqual([
      'failure',
      'JP',
      'success',
      'US',
    ]);
  });

  test('where the rule refuses, a login says so; the supreme administrator is asked for a code instead', async () => {
    await rules({ outside: 'block' });
    const login = await new RawClient(server.running.url).login('sato', { headers: usa });
    expect([login.status, login.body.error?.details]).toEqual([403, { reason: 'country_denied', rule: 'NET-03', subject: 'US' }]);
    const supreme = await server.admin.call('session.current', {}, usa);
    expect(failure(supreme)).toEqual([403, 'denied', 'country_unverified']);
  });

  test('private networks are inside; what no data knows is what the rule says', async () => {
    const sato = await server.loggedIn('sato', japan);
    await rules({ outside: 'block' });
    for (const local of ['10.1.2.3', '127.0.0.1', '192.168.0.9', '172.16.5.5', 'fd00::7', '::1', '100.64.0.1']) {
      expect([local, (await sato.call('session.current', {}, from(local))).status]).toEqual([local, 200]);
    }
    const unknown = '240.0.0.1';
    expect(server.running.services.countryOf(unknown)).toBeNull();
    const refused = await sato.call('session.current', {}, from(unknown));
    expect(refused.body.error?.details).toEqual({ reason: 'country_denied', rule: 'NET-03', subject: unknown });
    await rules({ unknownCountry: 'inside', outside: 'block' });
    expect((await sato.call('session.current', {}, from(unknown))).status).toBe(200);
  });

  test('where addresses are designated, countries do not count', async () => {
    const sato = await server.loggedIn('sato', japan);
    await rules({ outside: 'block', mode: 'designated', ranges: ['8.8.8.0/24', '203.0.113.0/24'] });
    expect((await sato.call('session.current', {}, usa)).status).toBe(200);
    expect(failure(await sato.call('session.current', {}, japan))).toEqual([403, 'denied', 'network_denied']);
  });

  test('only what a trusted proxy adds counts: a country written further left is the client’s own writing', async () => {
    const sato = await server.loggedIn('sato', japan);
    await rules({ outside: 'block' });
    expect((await sato.call('session.current', {}, from('8.8.8.8, 133.11.0.1'))).status).toBe(200);
    expect(failure(await sato.call('session.current', {}, from('133.11.0.1, 8.8.8.8')))).toEqual([403, 'denied', 'country_denied']);
    expect(failure(await sato.call('session.current', {}, from('::ffff:8.8.8.8')))).toEqual([403, 'denied', 'country_denied']);
    expect(failure(await sato.call('session.current', {}, from('2001:4860:4860::8888')))).toEqual([403, 'denied', 'country_denied']);
  });
});

describe('the database of countries', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-countries-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  /** A clock whose timers run when the test says so. */
  const stoppedClock = () => {
    const waiting: (() => void)[] = [];
    const after = (_milliseconds: number, callback: () => void) => {
      waiting.push(callback);
      return () => void waiting.splice(waiting.indexOf(callback), 1);
    };
    return { clock: { now: () => 0, monotonic: () => 0, after }, next: () => waiting.shift()?.(), waiting };
  };
  const written = () => {
    const lines: string[] = [];
    const note = (_fields: Record<string, unknown>, message: string): void => void lines.push(message);
    return { lines, log: { info: note, warn: note } };
  };
  const until = async (is: () => boolean): Promise<void> => {
    for (let turn = 0; turn < 200 && !is(); turn += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(is()).toBe(true);
  };

  test('knows public addresses of both families, and no country of private ones', async () => {
    const countries = await openCountries(shippedCountries(), stoppedClock().clock, written().log);
    const found = [
      '8.8.8.8',
      '133.11.0.1',
      '2001:4860:4860::8888',
      '10.0.0.1',
      '192.168.1.1',
      '::1',
      'fe80::1%eth0',
      '240.0.0.1',
      'unknown',
      '',
    ];
    expect(found.map((address) => countries.of(address))).toEqual(['US', 'JP', 'US', null, null, null, null, null, null, null]);
    countries.close();
  });

  test('is taken up again when the file was replaced, and stays as it was when the new one is broken', async () => {
    const file = path.join(folder, 'countries.mmdb');
    await copyFile(shippedCountries(), file);
    const { clock, next, waiting } = stoppedClock();
    const { lines, log } = written();
    const countries = await openCountries(file, clock, log);
    await copyFile(shippedCountries().replace('country.mmdb', 'country-ipv6.mmdb'), file);
    expect(countries.of('8.8.8.8')).toBe('US');
    next();
    await until(() => waiting.length === 1);
    expect([countries.of('8.8.8.8'), countries.of('2001:4860:4860::8888')]).toEqual([null, 'US']);
    await truncate(file, 1_000);
    next();
    await until(() => waiting.length === 1);
    expect(countries.of('2001:4860:4860::8888')).toBe('US');
    expect(lines.map((line) => line.includes('cannot be read'))).toEqual([false, true]);
    countries.close();
    expect(waiting).toHaveLength(0);
  });

  test('that is none is refused with its name', async () => {
    const file = path.join(folder, 'nothing.mmdb');
    await expect(openCountries(file, stoppedClock().clock, written().log)).rejects.toThrow(/nothing\.mmdb is no database of countries/);
    await writeFile(file, 'hello');
    await expect(openCountries(file, stoppedClock().clock, written().log)).rejects.toThrow(/nothing\.mmdb is no database of countries/);
  });
});
