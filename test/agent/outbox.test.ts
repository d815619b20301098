import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AppError } from '#shared/base/errors.ts';
import { Outbox } from '#shared/client/outbox.ts';
import { connect } from '#shared/contract/operation.ts';
import { drive } from '#shared/contract/drive.ts';
import { tenant } from '#shared/contract/tenant.ts';
import type { Message } from '#shared/model/talk.ts';
import { eventually } from './support/agent.ts';
import { fakeAccount, me, message, room } from './support/fake-account.ts';

/** A server that keeps messages by id, behind a line that loses requests or answers as told. */
function world(losses: readonly ('none' | 'request' | 'answer')[] = []) {
  const kept: Message[] = [];
  let at = 0;
  const fake = fakeAccount({
    'message.send': async ({ id, roomId, text }) => {
      const there = kept.find((other) => other.id === id);
      if (there !== undefined) return { message: there };
      if (text === 'いけない') throw new AppError('denied', 'no', { details: { reason: 'service_denied' } });
      const sequence = kept.filter((other) => other.roomId === roomId).length + 1;
      const made = message(roomId, sequence, { id, text, senderId: me });
      kept.push(made);
      return { message: made };
    },
  });
  const send = fake.account.transport.call;
  const lossy = async (name: string, input: unknown): Promise<unknown> => {
    const loss = losses[at++] ?? 'none';
    if (loss === 'request') throw new AppError('unavailable', 'lost on the way there');
    const reply = await send(name, input);
    if (loss === 'answer') throw new AppError('unavailable', 'lost on the way back');
    return reply;
  };
  const account = { ...fake.account, server: connect({ ...tenant, ...drive }, lossy) };
  for (const roomId of ['a', 'b']) account.store.rooms.put(roomId, room(roomId, 0));
  return { ...fake, account, kept, outbox: new Outbox(account) };
}

const act = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), roomId: fc.constantFrom('a', 'b') }),
  fc.constant({ kind: 'offline' as const }),
  fc.constant({ kind: 'online' as const }),
  fc.constant({ kind: 'restart' as const }),
);

it('delivers everything exactly once and in the order written, whatever is lost and however often the program restarts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { maxLength: 25 }),
      fc.array(fc.constantFrom('none', 'request', 'answer'), { maxLength: 20 }),
      async (acts, losses) => {
        const { account, state, kept, outbox: first } = world(losses);
        let outbox = first;
        const written: Record<string, string[]> = { a: [], b: [] };
        for (const [index, what] of acts.entries()) {
          if (what.kind === 'write') {
            const text = `${index}番`;
            written[what.roomId]!.push(text);
            outbox.add(what.roomId, text, [], []);
          }
          if (what.kind === 'offline') state.online = false;
          if (what.kind === 'online') {
            state.online = true;
            outbox.kick();
          }
          if (what.kind === 'restart') {
            outbox.stop();
            outbox = new Outbox(account);
            outbox.start();
          }
          await new Promise((resolve) => setImmediate(resolve));
        }
        state.online = true;
        await eventually('the outbox is empty', () => {
          outbox.kick();
          return account.store.outgoing.all().length === 0;
        });
        for (const roomId of ['a', 'b'])
          expect(kept.filter((row) => row.roomId === roomId).map(({ text }) => text)).toEqual(written[roomId]);
        outbox.stop();
      },
    ),
    { numRuns: 60 },
  );
});

it('keeps a refused message with its reason, goes on with the next, and sends it again when asked', async () => {
  const { outbox, kept } = world();
  const id = outbox.add('a', 'いけない', [], []);
  outbox.add('a', '次', [], []);
  await eventually('the next is sent', () => kept.length === 1);
  expect(outbox.ofRoom('a')).toMatchObject([{ id, state: 'failed', code: 'denied', reason: 'service_denied', text: 'いけない' }]);
  outbox.retry(id);
  await eventually('refused again', () => outbox.ofRoom('a')[0]?.state === 'failed');
  expect(outbox.takeBack(id)).toBe('いけない');
  expect(outbox.ofRoom('a')).toEqual([]);
});

it('gives a waiting message back for the composer, and does not send it', async () => {
  const { outbox, kept, state } = world();
  state.online = false;
  const id = outbox.add('a', 'やめた', [], []);
  expect(outbox.ofRoom('a')).toMatchObject([{ state: 'waiting' }]);
  expect(outbox.takeBack(id)).toBe('やめた');
  state.online = true;
  outbox.kick();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(kept).toEqual([]);
  expect(() => outbox.takeBack(id)).toThrow('No such message');
});

it('sends the files of a message once more when the server has cleared them away, and gives up when that does not help', async () => {
  let uploads = 0;
  let answers = 0;
  const { account } = fakeAccount({
    'message.send': async ({ id, roomId, text, files }) => {
      answers += 1;
      if (answers === 1 || text === '無理') throw new AppError('conflict', 'gone', { details: { reason: 'missing_chunks' } });
      return { message: message(roomId, 1, { id, text, senderId: me, files: files.map((file) => ({ ...file, id: 'f' })) }) };
    },
  });
  account.store.rooms.put('a', room('a', 0));
  const content = { contentHash: 'a'.repeat(64), sizeBytes: 3, chunks: null, modifiedAt: 0, executable: false };
  const files = { ...account.host.files, upload: async () => (uploads++, content) };
  const outbox = new Outbox({ ...account, host: { ...account.host, files } });
  const entry = { reference: '/x', name: '資料.txt', sizeBytes: 3, kind: 'file' } as const;
  outbox.add('a', '届く', [], [entry]);
  await eventually('sent', () => outbox.ofRoom('a').length === 0);
  expect(uploads).toBe(2);
  outbox.add('a', '無理', [], [entry]);
  await eventually('given up', () => outbox.ofRoom('a')[0]?.state === 'failed');
  expect(outbox.ofRoom('a')).toMatchObject([{ code: 'conflict', reason: 'missing_chunks' }]);
  expect(uploads).toBe(4);
});

it('keeps a message whose file is gone, with the reason', async () => {
  const { outbox, kept } = world();
  outbox.add('a', '添付', [], [{ reference: '/gone', name: '資料.pdf', sizeBytes: 10, kind: 'file' }]);
  await eventually('failed', () => outbox.ofRoom('a')[0]?.state === 'failed');
  expect(outbox.ofRoom('a')).toMatchObject([{ code: 'not_found', files: [{ name: '資料.pdf', sentBytes: 0 }] }]);
  expect(kept).toEqual([]);
});
