import { sql } from 'kysely';
import { makeSearchThread } from '../../../server/drive/search-thread.ts';
import type { Asked } from '../../../server/drive/search.ts';
import { isPostgres, mergeTokens } from '../../../server/search/token-tables.ts';
import { startPostgres } from '../../support/postgres.ts';
import { makeServices, type TestServices } from '../../support/server-services.ts';
import { makeTenant } from '../../suites/drive-tenant.ts';
import { percentile } from '../start/processes.ts';
import type { Figure } from '../start/run.ts';
import { Corpus } from './corpus.ts';
import { betweenChanges, fill, firstChange } from './fill.ts';

/** Smaller for a quick look: `HIKYAKU_BENCH_NAMES=50000`. */
const names = Number(process.env['HIKYAKU_BENCH_NAMES'] ?? 1_000_000);
const contents = names / 10;
const rounds = 40;
const mostMs = 20;

const common = ['会議', '資料', '売上', '出張', '議会'];
const others = {
  'one kanji': ['会', '場'],
  'one kana': ['サ', 'ル'],
  'three letters and more': ['プロジェクト', '会議資料', 'サーバー'],
  'latin beginnings': ['r', 'rep', 'v2'],
  'two words': ['会議 report', '資料 サーバー'],
};
const absent = ['鬱蒼', '薔薇'];
/** The last hundredth of all changes, the first ones, and a person who made few. */
const filters: Readonly<Record<string, Partial<Asked>>> = {
  'pictures alone': { kinds: ['image'] },
  lately: { since: firstChange + names * 0.99 * betweenChanges },
  'long ago': { since: firstChange, until: firstChange + names * 0.05 * betweenChanges },
  'by one person': { updatedBy: 'suzuki' },
};

/** How long searches take in a large company's Drive, on both databases, with LIKE and a trigram index beside them in the same run. */
export async function searchFigures(): Promise<Figure[]> {
  const figures: Figure[] = [];
  const kinds = process.env['HIKYAKU_BENCH_DATABASE'] ?? 'sqlite postgres';
  if (kinds.includes('sqlite')) figures.push(...(await figuresOf('SQLite', await makeServices())));
  if (kinds.includes('postgres')) {
    const postgres = await startPostgres();
    try {
      figures.push(...(await figuresOf('PostgreSQL', await makeServices({ place: await postgres.place() }))));
    } finally {
      await postgres.close();
    }
  }
  return figures;
}

async function figuresOf(label: string, made: TestServices): Promise<Figure[]> {
  const { services } = made;
  const { database } = services;
  const clock = { ...services.clock, now: () => firstChange + names * betweenChanges };
  const thread = makeSearchThread({ ...services, clock }, { catchUp: async () => undefined });
  const figures: Figure[] = [];
  const note = (name: string, unit: string, value: number, bound: number | null = null) =>
    void figures.push({ name: `${label}: ${name}`, unit, value, bound });
  try {
    const tenant = await makeTenant(services, ['sato', 'tanaka']);
    const rates = await fill(services, tenant.tenantId, 'sato', new Corpus(7), { names, contents });
    note('names indexed', '/s', rates.names);
    note('contents indexed', '/s', rates.contents);
    while (await mergeTokens(database));
    if (isPostgres(database)) await sql`ANALYZE`.execute(database);
    const search = (text: string, who: string, more: Partial<Asked> = {}) =>
      thread.search(tenant.context(who), { text, limit: 30, ...more });
    const time = async (
      name: string,
      texts: readonly string[],
      run: (text: string) => Promise<unknown>,
      count = rounds,
      bound: number | null = null,
    ) => {
      const taken: number[] = [];
      for (let round = -1; round < count; round += 1) {
        for (const text of texts) {
          const started = performance.now();
          await run(text);
          // The first round warms up.
          if (round >= 0) taken.push(performance.now() - started);
        }
      }
      note(`${name}, p50`, 'ms', percentile(taken, 0.5));
      note(`${name}, p99`, 'ms', percentile(taken, 0.99), bound);
    };
    await time('two letters', common, (text) => search(text, 'sato'), rounds, mostMs);
    for (const [name, texts] of Object.entries(others)) await time(name, texts, (text) => search(text, 'sato'), rounds, mostMs);
    for (const [name, filter] of Object.entries(filters)) {
      await time(`two letters, ${name}`, common, (text) => search(text, 'sato', filter), rounds, mostMs);
    }
    await time('what is nowhere', absent, (text) => search(text, 'sato'), rounds, mostMs);
    await time('two letters, who sees a twentieth', common, (text) => search(text, 'tanaka'), rounds, mostMs);
    await time('LIKE over the names alone', common, (text) => likeNames(made, text), 3);
    await time('LIKE, what is nowhere', absent, (text) => likeNames(made, text), 3);
    if (!isPostgres(database)) {
      await trigrams(made);
      await time('trigram index of names, two letters', common, (text) => likeTrigrams(made, text), 3);
    }
    return figures;
  } finally {
    await thread.close();
    await made.close();
  }
}

const likeNames = ({ services: { database } }: TestServices, text: string) =>
  sql`SELECT id, name FROM nodes WHERE name LIKE ${`%${text}%`} AND trashed_at IS NULL ORDER BY updated_at DESC LIMIT 30`.execute(database);

async function trigrams({ services: { database } }: TestServices): Promise<void> {
  await sql`CREATE VIRTUAL TABLE trigram_names USING fts5 (name, tokenize='trigram', detail=none)`.execute(database);
  await sql`INSERT INTO trigram_names (rowid, name) SELECT rowid, name FROM nodes`.execute(database);
}
const likeTrigrams = ({ services: { database } }: TestServices, text: string) =>
  sql`SELECT rowid FROM trigram_names WHERE name LIKE ${`%${text}%`} ORDER BY rowid DESC LIMIT 30`.execute(database);
