import { rmSync } from 'node:fs';
import { applyPatch } from '#shared/policy/apply-patch.ts';
import { decide, type PolicyRequest } from '#shared/policy/decide.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import { listenTo, type Listener } from '../support/event-listener.ts';
import { RawClient } from '../support/raw-client.ts';
import { startServer } from '../support/server.ts';
import { eventProtocol } from '#shared/contract/events.ts';
import type { Figure } from './start/run.ts';
import { median, percentile } from './start/processes.ts';

const password = 'a bench of rules 1';
const sockets = 1_000;
/** Each logged in once, with its own address; its sockets stand for a program that came back under another port. */
const sessions = 250;
/** How many log in at once: two are checked at a time, the others wait their turn. */
const atOnce = 8;
const rounds = 5;
const decideMs = 1_000;

/** Half of the company is in its office, half elsewhere; every session has an address of its own, so no limit is met. */
const addressOf = (index: number): string =>
  index % 2 === 0 ? `203.0.${index >> 8}.${index & 255}` : `198.18.${index >> 8}.${index & 255}`;
const from = (index: number) => ({ 'x-forwarded-for': addressOf(index) });
const office = { mode: 'designated', ranges: ['203.0.0.0/16'] };
const everywhere = { mode: 'all', ranges: [] };

interface Seat {
  readonly client: RawClient;
  readonly index: number;
  listener: Listener | null;
}

/** Does `work` for each, some at a time. */
async function each<T>(items: readonly T[], some: number, work: (item: T, index: number) => Promise<void>): Promise<void> {
  const queue = items.map((item, index) => [item, index] as const).toReversed();
  const one = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) await work(...next);
  };
  await Promise.all(Array.from({ length: some }, one));
}

async function open(seat: Seat): Promise<void> {
  const headers = { 'x-hikyaku-version': seat.client.version, ...from(seat.index) };
  let reply = await seat.client.call('session.ticket', {}, headers);
  if (reply.status === 401) {
    // On a busy machine the access token runs out on the way.
    await seat.client.refresh();
    reply = await seat.client.call('session.ticket', {}, headers);
  }
  const { ticket } = reply.body.value as { ticket: string };
  seat.listener = listenTo(seat.client.url, [eventProtocol, `ticket.${ticket}`], headers);
  await seat.listener.until(({ type }) => type === 'hello');
}

/** When each socket heard of a change, or of its own end because of it, in milliseconds after the change was sent. */
async function spread(admin: RawClient, seats: readonly Seat[], network: object): Promise<number[]> {
  const listeners = seats.flatMap(({ listener }) => (listener === null ? [] : [listener]));
  const startedAt = performance.now();
  const heard = listeners.map(async ({ events, socket }) => {
    const before = events.length;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!events.slice(before).some(({ type }) => type === 'policy.changed' || type === 'session.ended')) return;
        socket.off('message', look);
        resolve();
      };
      socket.on('message', look);
    });
    return performance.now() - startedAt;
  });
  const reply = await admin.call('policy.set', { patch: { network } }, from(0));
  if (!reply.body.ok) throw new Error(`The rules could not be set: ${JSON.stringify(reply.body.error)}`);
  return Promise.all(heard);
}

/** From saving a rule until the last open socket was judged by it, half of them ending with it; and logins on the way. */
async function serverFigures(): Promise<Figure[]> {
  const server = await startServer({ args: ['--demo', '--demo-password', password, '--trusted-proxy', '127.0.0.1/32'] });
  try {
    const info = await new RawClient(server.url).call('server.info');
    const people = (info.body.value as { demoAccounts: { memberId: string }[] }).demoAccounts.map(({ memberId }) => memberId);
    const clients = Array.from({ length: sessions }, () => new RawClient(server.url));
    const seats = Array.from({ length: sockets }, (_, at): Seat => ({
      client: clients[at % sessions]!,
      index: at % sessions,
      listener: null,
    }));
    const loginTimes: number[] = [];
    const startedAt = performance.now();
    await each(clients, atOnce, async (client, index) => {
      const began = performance.now();
      const reply = await client.login(people[index % people.length]!, { password, headers: from(index) });
      if (reply.status !== 200) throw new Error(`Nobody could log in: ${JSON.stringify(reply.body)}`);
      loginTimes.push(performance.now() - began);
    });
    const logins = sessions / ((performance.now() - startedAt) / 1_000);
    await each(seats, atOnce, open);
    const admin = new RawClient(server.url);
    await admin.login('admin', { password, headers: from(0) });

    const ending: number[] = [];
    const staying: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      ending.push(...(await spread(admin, seats, office)));
      const away = seats.filter(({ index }) => index % 2 === 1);
      for (const seat of away) seat.listener = null;
      staying.push(...(await spread(admin, seats, everywhere)));
      await each(away, atOnce, open);
    }
    for (const { listener } of seats) listener?.socket.terminate();
    const times = (name: string, all: readonly number[], bound: number | null): Figure[] => [
      { name: `${name}, middle`, unit: 'ms', value: median(all), bound: null },
      { name: `${name}, 99 of 100`, unit: 'ms', value: percentile(all, 0.99), bound },
    ];
    return [
      ...times(`a saved rule in force on ${sockets} sockets, half of them ended by it`, ending, 1_000),
      ...times(`a saved rule in force on ${sockets / 2} sockets that stay`, staying, 1_000),
      { name: `logins a second, ${atOnce} at once`, unit: '', value: logins, bound: null },
      { name: 'one of these logins, middle', unit: 'ms', value: median(loginTimes), bound: null },
    ];
  } finally {
    await server.stop('SIGTERM');
    rmSync(server.dataDir, { recursive: true, force: true });
  }
}

/** How fast the gate decides with the longest list of ranges there may be, both families mixed, for addresses in and out of it. */
function decideFigures(): Figure[] {
  const hex = (value: number): string => value.toString(16);
  const ranges = Array.from({ length: 2_000 }, (_, index) => {
    const at = index >> 1;
    return index % 2 === 0 ? `10.${at >> 4}.${(at & 15) << 4}.0/22` : `2001:db8:${hex(at)}::/49`;
  });
  const exceptions = Array.from({ length: 1_000 }, (_, index) => `member-${index}`);
  const policy = applyPatch(defaultPolicy, { network: { mode: 'designated', ranges, exceptions }, minimumVersion: '1.0.0' });
  const ask = (address: string): PolicyRequest => ({
    clientVersion: '1.2.3',
    session: { kind: 'pc-app', ended: false, verified: false },
    member: { id: 'member', state: 'active', appBlocked: false, role: 'member', rights: [], templateId: 'default' },
    address,
    country: null,
    act: { kind: 'call', access: 'member', service: 'talk' },
  });
  const rate = (requests: readonly PolicyRequest[]): number => {
    let done = 0;
    const startedAt = performance.now();
    const before = process.cpuUsage();
    while (performance.now() - startedAt < decideMs) {
      for (const request of requests) decide(request, policy);
      done += requests.length;
    }
    // By the processor's time: what else runs on the machine is not the gate's cost.
    const { user, system } = process.cpuUsage(before);
    return done / ((user + system) / 1_000_000);
  };
  const four = Array.from({ length: 1_000 }, (_, index) => ask(`10.${index % 80}.${(index * 7) & 255}.${index & 255}`));
  const six = Array.from({ length: 1_000 }, (_, index) => ask(`2001:db8:${hex((index * 7) % 1_300)}:${hex(index << 6)}::${hex(index)}`));
  const figures = (name: string, requests: readonly PolicyRequest[]): Figure[] => {
    const perSecond = Math.max(rate(requests), rate(requests));
    return [
      { name: `decide() a second, 2,000 ranges, ${name}`, unit: '', value: perSecond, bound: null },
      { name: `one decide(), ${name}`, unit: 'µs', value: 1_000_000 / perSecond, bound: 2 },
    ];
  };
  return [...figures('IPv4', four), ...figures('IPv6', six)];
}

/** What rules cost: deciding, telling everybody, and logging in. */
export const policyFigures = async (): Promise<Figure[]> => [...decideFigures(), ...(await serverFigures())];
