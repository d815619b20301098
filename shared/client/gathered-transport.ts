import type { Clock } from '#shared/base/clock.ts';
import { tenant } from '#shared/contract/tenant.ts';
import type { Reply } from '#shared/contract/operation.ts';
import { packHeaderBytes, packMagic } from '#shared/contract/pack.ts';
import type { Transport } from './transport.ts';

/** No pack that is put together is larger, in bytes. */
const mostBytes = 8 * 1024 * 1024;
/** Who comes later than this after the others does not hold them up. */
const patienceMs = 20;

interface Asked {
  readonly hashes: readonly string[];
  readonly answer: (reply: Reply) => void;
  readonly fail: (error: unknown) => void;
}
interface Sent {
  readonly pack: Uint8Array;
  readonly signal: AbortSignal | undefined;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Does several uploads at the same time, each as if it were alone with its transport, and puts together what they ask and send: many small files
 * cost one question and few packs. All is sent as soon as every upload waits for an answer. Outcomes come in the order of the uploads.
 */
export async function gathered<T>(
  transport: Transport,
  clock: Pick<Clock, 'after'>,
  uploads: readonly ((transport: Transport) => Promise<T>)[],
): Promise<PromiseSettledResult<T>[]> {
  let active = uploads.length;
  let asked: Asked[] = [];
  let sent: Sent[] = [];
  let cancel: () => void = () => undefined;

  const flush = (): void => {
    cancel();
    const [questions, packs] = [asked, sent];
    [asked, sent] = [[], []];
    if (questions.length > 0) void ask(transport, questions);
    for (const group of groupsOf(packs)) void send(transport, group);
  };
  const look = (): void => {
    const waiting = asked.length + sent.length;
    if (waiting === 0) return;
    cancel();
    if (waiting >= active) flush();
    else cancel = clock.after(patienceMs, flush);
  };

  const shared: Transport = {
    url: transport.url,
    events: (onEvent, onState) => transport.events(onEvent, onState),
    readChunks: (hashes, options) => transport.readChunks(hashes, options),
    readBytes: (path, options) => transport.readBytes(path, options),
    call: (name, input) => {
      const question = name === 'content.missing' ? tenant['content.missing'].input.safeParse(input) : null;
      if (question?.success !== true) return transport.call(name, input);
      return new Promise((answer, fail) => {
        asked.push({ hashes: question.data.hashes, answer, fail });
        look();
      });
    },
    sendPack: (pack, signal) =>
      new Promise((done, fail) => {
        sent.push({ pack, signal, done, fail });
        look();
      }),
  };
  return Promise.allSettled(
    uploads.map(async (upload) => {
      try {
        return await upload(shared);
      } finally {
        active -= 1;
        look();
      }
    }),
  );
}

async function ask(transport: Transport, questions: readonly Asked[]): Promise<void> {
  try {
    const hashes = [...new Set(questions.flatMap((question) => question.hashes))];
    const reply = (await transport.call('content.missing', { hashes })) as Reply;
    const output = reply.ok ? tenant['content.missing'].output.safeParse(reply.value) : null;
    const missing = new Set(output?.data?.missing);
    for (const { hashes: own, answer } of questions) {
      answer(output?.success === true ? { ok: true, value: { missing: own.filter((hash) => missing.has(hash)) } } : reply);
    }
  } catch (error) {
    for (const { fail } of questions) fail(error);
  }
}

/** Packs are one another's continuation once their first bytes are left out. */
async function send(transport: Transport, group: readonly Sent[]): Promise<void> {
  const bodies = group.map(({ pack }) => pack.subarray(packHeaderBytes));
  const whole = new Uint8Array(bodies.reduce((sum, body) => sum + body.length, packHeaderBytes));
  whole.set(packMagic, 0);
  let at = packHeaderBytes;
  for (const body of bodies) {
    whole.set(body, at);
    at += body.length;
  }
  try {
    await transport.sendPack(whole, group[0]!.signal);
    for (const { done } of group) done();
  } catch (error) {
    for (const { fail } of group) fail(error);
  }
}

function groupsOf(packs: readonly Sent[]): Sent[][] {
  const groups: Sent[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const one of packs) {
    if (bytes + one.pack.length > mostBytes) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)!.push(one);
    bytes += one.pack.length;
  }
  return groups;
}
