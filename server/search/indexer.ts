import type { Services } from '../context.ts';
import type { Sandbox } from '../sandbox/job.ts';
import { behindAmong, spacesBehind } from './behind.ts';
import { indexNames } from './name-index.ts';
import { ContentReader } from './read-contents.ts';
import { sweepSpaces } from './sweep-spaces.ts';
import { mergeTokens } from './token-tables.ts';
import { renewIndex } from './versions.ts';

/** After the last change, in milliseconds: who uploads ten thousand files is not slowed by what makes them findable. */
const quietMs = 400;
/** Events may be lost, and other servers change things too. */
const roundMs = 60_000;
/** How many slices of names a search waits for: some hundred changes that nobody has looked for yet. */
const mostSlices = 8;

/** Keeps the index of searches behind the changes of spaces. */
export interface SearchIndexer {
  /** Names in these spaces are up to date when it resolves; of very many changes at once, the oldest. */
  catchUp(tenantId: string, spaceIds: Iterable<string>): Promise<void>;
  /** Works in the background from now on, until the returned function ends it. */
  start(): () => Promise<void>;
  /** Does everything that there is to do now: names, then contents. */
  work(): Promise<void>;
}

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function makeSearchIndexer(services: Services, sandbox: Sandbox): SearchIndexer {
  const { database, bus, clock, log } = services;
  const reader = new ContentReader(services, sandbox);
  let stopped = false;
  let working: Promise<void> | null = null;
  let isAsked = false;
  let cancel: () => void = () => undefined;

  const round = async (): Promise<void> => {
    const spaces = await spacesBehind(database).execute();
    for (const space of spaces) {
      while (!stopped && !(await indexNames(database, space.tenant_id, space.id))) await pause();
    }
    let read = 0;
    for (; !stopped && (await reader.readNext()); read += 1) await pause();
    await sweepSpaces(database);
    if (spaces.length === 0 && read === 0) return;
    while (!stopped && (await mergeTokens(database))) await pause();
  };

  /** One round at a time; what is asked for meanwhile is the next one. */
  const work = (): Promise<void> => {
    isAsked = true;
    working ??= (async () => {
      try {
        while (isAsked && !stopped) {
          isAsked = false;
          await round();
        }
      } finally {
        working = null;
      }
    })();
    return working;
  };
  const workQuietly = (): void => {
    void work()
      .catch((error: unknown) => log.error({ error }, 'The index of searches could not be brought up to date'))
      .then(() => schedule(roundMs));
  };
  const schedule = (milliseconds: number): void => {
    cancel();
    if (!stopped) cancel = clock.after(milliseconds, workQuietly);
  };

  return {
    work,
    catchUp: async (tenantId, spaceIds) => {
      let slices = 0;
      for (const id of await behindAmong(database, tenantId, spaceIds)) {
        for (let isDone = false; !isDone && slices < mostSlices; slices += 1) isDone = await indexNames(database, tenantId, id);
      }
    },
    start: () => {
      const unsubscribe = bus.subscribe(({ event }) => {
        if (event.type === 'drive.changed') schedule(quietMs);
      });
      void renewIndex(database)
        .catch((error: unknown) => log.error({ error }, 'The index of searches could not be renewed'))
        .then(() => schedule(quietMs));
      return async () => {
        stopped = true;
        cancel();
        unsubscribe();
        await working?.catch(() => undefined);
      };
    },
  };
}
