import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '#shared/base/errors.ts';
import type { Membership, Message, Room } from '#shared/model/talk.ts';
import { noInspection } from '../../server/content/inspection/inspector.ts';
import type { RequestContext } from '../../server/context.ts';
import { talkHandlers } from '../../server/talk/handlers.ts';
import { makeServices, type TestServices } from '../support/server-services.ts';
import { makeTenant } from '../suites/drive-tenant.ts';

let made: TestServices;
beforeAll(async () => {
  made = await makeServices();
});
afterAll(() => made.close());

type Talk = ReturnType<typeof talkHandlers>;
const people = ['a', 'b', 'c'] as const;
const who = fc.constantFrom(...people);
const place = { by: who, pick: fc.nat() };

const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('group' as const), by: who, others: fc.subarray([...people]) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('direct' as const), by: who, other: who }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('send' as const), ...place, mentions: fc.subarray([...people]) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('read' as const), ...place, upTo: fc.nat({ max: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pin' as const), ...place, pinned: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('invite' as const), ...place, others: fc.subarray([...people], { minLength: 1 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), ...place }) },
  { weight: 7, arbitrary: fc.record({ kind: fc.constant('pull' as const), by: who, limit: fc.integer({ min: 1, max: 5 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Runs what may be refused: a room that is gone, or not a group. */
async function tolerant(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AppError) || !['not_found', 'denied', 'invalid'].includes(error.code)) throw error;
  }
}

async function allMessages(talk: Talk, context: RequestContext, roomId: string): Promise<Message[]> {
  const messages: Message[] = [];
  for (let reachedStart = false; !reachedStart;) {
    const before = messages[0]?.sequence;
    const page = await talk['message.list']({ roomId, limit: 2, ...(before === undefined ? {} : { beforeSequence: before }) }, context);
    messages.unshift(...page.messages);
    ({ reachedStart } = page);
  }
  return messages;
}

/** A client that starts from a snapshot and then only applies changes; of a room it had not known it reads what is there at that moment. */
class Client {
  cursor: number | null = null;
  rooms = new Map<string, Room>();
  messages = new Map<string, Map<string, Message>>();
  memberships = new Map<string, Map<string, Membership>>();
  readonly #talk: Talk;
  readonly #context: RequestContext;

  constructor(talk: Talk, context: RequestContext) {
    this.#talk = talk;
    this.#context = context;
  }

  async pull(limit: number): Promise<boolean> {
    const page = await this.#talk['talk.changes']({ cursor: this.cursor, limit }, this.#context);
    if (this.cursor !== null) expect(page.cursor).toBeGreaterThanOrEqual(this.cursor);
    for (const room of page.rooms) {
      if (room.me.left) this.#drop(room.id);
      else if (this.rooms.has(room.id)) this.#keep(room);
      else await tolerant(() => this.#meet(room));
    }
    for (const message of page.messages) {
      expect(message.change).toBeLessThanOrEqual(page.cursor);
      this.messages.get(message.roomId)?.set(message.id, message);
    }
    for (const membership of page.memberships) {
      if (membership.left) this.memberships.get(membership.roomId)?.delete(membership.memberId);
      else this.memberships.get(membership.roomId)?.set(membership.memberId, membership);
    }
    this.cursor = page.cursor;
    return page.complete;
  }

  #keep(room: Room): void {
    this.rooms.set(room.id, room);
    const start = room.me.joinedSequence ?? 0;
    for (const [id, { sequence }] of this.messages.get(room.id)!) if (sequence <= start) this.messages.get(room.id)!.delete(id);
  }

  async #meet(room: Room): Promise<void> {
    const history = await allMessages(this.#talk, this.#context, room.id);
    const { memberships } = await this.#talk['room.members']({ roomId: room.id }, this.#context);
    this.messages.set(room.id, new Map(history.map((message) => [message.id, message])));
    this.memberships.set(room.id, new Map(memberships.map((membership) => [membership.memberId, membership])));
    this.#keep(room);
  }

  #drop(roomId: string): void {
    this.rooms.delete(roomId);
    this.messages.delete(roomId);
    this.memberships.delete(roomId);
  }
}

const byId = <T extends { id: string }>(list: Iterable<T>) => [...list].toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** Carries the steps out, then compares what each follower knows with what a fresh start gives. */
async function run(steps: readonly Step[]): Promise<void> {
  const { services } = made;
  const talk = talkHandlers({ ...services, inspector: noInspection });
  const { context } = await makeTenant(services, people);
  const clients = new Map(people.map((id) => [id, new Client(talk, context(id))]));
  const rooms: string[] = [];
  for (const at of steps) {
    const as = context(at.by);
    const roomId = 'pick' in at ? rooms[at.pick % Math.max(Math.min(rooms.length, 2), 1)] : undefined;
    const inRoom = async (work: (roomId: string) => Promise<unknown>) => {
      if (roomId !== undefined) await tolerant(() => work(roomId));
    };
    switch (at.kind) {
      case 'group':
      case 'direct': {
        const memberIds = at.kind === 'group' ? at.others : [at.other];
        const kind = at.kind === 'direct' && at.other === at.by ? 'self' : at.kind;
        const { room } = await talk['room.create']({ id: randomUUID(), kind, name: kind === 'group' ? '会議' : null, memberIds }, as);
        if (!rooms.includes(room.id)) rooms.push(room.id);
        break;
      }
      case 'send':
        await inRoom((id) =>
          talk['message.send']({ id: randomUUID(), roomId: id, text: '資料です', files: [], mentions: at.mentions }, as),
        );
        break;
      case 'read':
        await inRoom((id) => talk['room.read']({ roomId: id, sequence: at.upTo }, as));
        break;
      case 'pin':
        await inRoom((id) => talk['room.pin']({ roomId: id, pinned: at.pinned }, as));
        break;
      case 'invite':
        await inRoom((id) => talk['room.invite']({ roomId: id, memberIds: at.others }, as));
        break;
      case 'leave':
        await inRoom((id) => talk['room.leave']({ roomId: id }, as));
        break;
      case 'pull':
        await clients.get(at.by)!.pull(at.limit);
        break;
    }
  }
  for (const [id, client] of clients) {
    for (let page = 0; !(await client.pull(id === 'a' ? 2 : 500)); page += 1) expect(page, 'the feed comes to an end').toBeLessThan(1_000);
    const as = context(id);
    const fresh = await talk['talk.changes']({ cursor: null, limit: 500 }, as);
    expect(byId(client.rooms.values())).toEqual(byId(fresh.rooms));
    expect(client.cursor).toBe(fresh.cursor);
    for (const room of fresh.rooms) {
      const history = await allMessages(talk, as, room.id);
      expect(byId(client.messages.get(room.id)!.values())).toEqual(byId(history));
      const { memberships } = await talk['room.members']({ roomId: room.id }, as);
      const known = [...client.memberships.get(room.id)!.values()].toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1));
      expect(known).toEqual(memberships);
      expect(room.me.lastReadSequence).toBeLessThanOrEqual(room.lastSequence);
      const unseen = history.filter(
        (message) => message.sequence > room.me.lastReadSequence && message.senderId !== id && message.mentions.includes(id),
      );
      expect(room.me.mentions).toBe(unseen.length);
    }
  }
}

describe('the feed of Talk', () => {
  it('gives every member, whenever they ask and however small the pages, what a fresh start gives', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), run), { numRuns: 100 });
  });

  it('tells whoever left and came back between two looks who had gone before them', async () => {
    const everybody: Step = { kind: 'group', by: 'a', others: ['b', 'c'] };
    const away: Step[] = [
      { kind: 'leave', by: 'b', pick: 0 },
      { kind: 'direct', by: 'c', other: 'a' },
      { kind: 'leave', by: 'c', pick: 0 },
    ];
    const look: Step = { kind: 'pull', by: 'c', limit: 1 };
    await expect(run([everybody, look, ...away, look, { kind: 'invite', by: 'a', pick: 0, others: ['c'] }])).resolves.toBeUndefined();
  });
});
