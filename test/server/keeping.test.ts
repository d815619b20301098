import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Cursor } from '#shared/model/drive.ts';
import type { Command } from '../../server/arguments.ts';
import { parseCommand } from '../../server/arguments.ts';
import { backUp, check, collectNow, restoreFrom } from '../../server/data-commands.ts';
import { openDatabase } from '../../server/store/database.ts';
import { systemClock } from '../../server/store/system-clock.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { RawClient } from '../support/raw-client.ts';
import { myDriveOf, sendBytes, spaceHands, valueOf } from '../support/raw-files.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-keeping-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs a command as the command line does; gives its lines, and what it says in the end. */
async function run(...args: string[]): Promise<{ lines: Record<string, unknown>[]; result: unknown }> {
  const lines: Record<string, unknown>[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const host = { log, clock: systemClock, print: (line: object) => void lines.push(line as Record<string, unknown>) };
  const command = parseCommand(args);
  const of = <K extends Command['kind']>(_kind: K) => command as Extract<Command, { kind: K }>;
  const runs: Partial<Record<Command['kind'], () => Promise<unknown>>> = {
    check: () => check(of('check'), host),
    collect: () => collectNow(of('collect'), host),
    backup: () => backUp(of('backup'), host),
    restore: () => restoreFrom(of('restore'), host),
  };
  return { lines, result: await runs[command.kind]!() };
}
const findings = async (...args: string[]): Promise<string[]> => {
  const { lines, result } = await run('check', ...args);
  expect(lines.at(-1)).toEqual({ findings: lines.length - 1 });
  expect(result).toBe(lines.length === 1);
  return lines.slice(0, -1).map(({ finding }) => String(finding));
};

/** A little of everything: folders, versions, trash, what was purged, a file in several chunks, a message. */
async function fill(running: TestServer) {
  const sato = new RawClient(running.url);
  await sato.login('sato');
  const space = await myDriveOf(sato);
  const hands = spaceHands(sato, space);
  const top = await hands.folder('資料');
  const large = await hands.file('大きい.bin', randomBytes(3_000_000), top.id);
  const small = await hands.file('小さい.txt', Buffer.from('一'), top.id);
  await hands.update(small, Buffer.from('二'));
  await hands.remove(await hands.file('捨てた.txt', Buffer.from('三')));
  const purged = await hands.file('消した.txt', Buffer.from('四'));
  await hands.remove(purged);
  await valueOf(sato, 'drive.purge', { spaceId: space.id, nodeIds: [purged.id] });
  const roomId = randomUUID();
  await valueOf(sato, 'room.create', { id: roomId, kind: 'group', name: 'x', memberIds: [] });
  const { contentHash, sizeBytes, chunks } = (await sendBytes(sato, Buffer.from('添付'))).content;
  const files = [{ name: '添付.txt', contentHash, sizeBytes, chunks }];
  await valueOf(sato, 'message.send', { id: randomUUID(), roomId, text: '', files });
  return { sato, space, hands, top, large, small };
}

test.each(['SQLite', 'PostgreSQL'])('the check finds nothing in what a server keeps on %s, and each thing that is wrong', async (kind) => {
  const place = kind === 'SQLite' ? undefined : await postgres.place();
  const running = await startTestServer(place === undefined ? {} : { place });
  const on = ['--data', running.folder, ...(place?.kind === 'postgres' ? ['--database', place.url] : [])];
  try {
    const { space, large, small, top } = await fill(running);
    expect(await findings(...on)).toEqual([]);
    expect(await findings(...on, '--fast')).toEqual([]);
    expect((await run('collect', ...on)).lines).toMatchObject([{ chunks: 0, packs: 0 }]);
    expect(await findings(...on)).toEqual([]);

    const { database } = running.services;
    const nodes = () => database.updateTable('nodes').where('tenant_id', '=', running.tenantId);
    const spaces = database.updateTable('spaces').where('id', '=', space.id);
    const [chunk] = large.content!.chunks!;
    const planted: [string, () => Promise<unknown>, () => Promise<unknown>][] = [
      [
        `holds \\d+ bytes, noted are`,
        () => spaces.set(({ eb }) => ({ used_bytes: eb('used_bytes', '+', 1) })).execute(),
        () => spaces.set(({ eb }) => ({ used_bytes: eb('used_bytes', '-', 1) })).execute(),
      ],
      ['the space is at 1', () => spaces.set({ sequence: 1 }).execute(), () => spaces.set({ sequence: space.sequence + 1_000 }).execute()],
      [
        'is filed under another name',
        () => nodes().set({ folded_name: 'x' }).where('id', '=', small.id).execute(),
        () => nodes().set({ folded_name: small.name }).where('id', '=', small.id).execute(),
      ],
      [
        'which is not in the space',
        () => nodes().set({ parent_id: 'nowhere' }).where('id', '=', small.id).execute(),
        () => nodes().set({ parent_id: top.id }).where('id', '=', small.id).execute(),
      ],
      [
        'lies within itself',
        () => nodes().set({ parent_id: top.id }).where('id', '=', top.id).execute(),
        () => nodes().set({ parent_id: space.rootId }).where('id', '=', top.id).execute(),
      ],
      [
        'is in the trash and says otherwise|is no entry there',
        () => nodes().set({ trash_root_id: top.id }).where('id', '=', small.id).execute(),
        () => nodes().set({ trash_root_id: null }).where('id', '=', small.id).execute(),
      ],
      [
        'has a number of their own|as another node has',
        () => nodes().set({ sequence: 1 }).where('id', '=', top.id).execute(),
        () => nodes().set({ sequence: top.sequence }).where('id', '=', top.id).execute(),
      ],
      [
        `cannot be reached through ${space.id}`,
        () => database.updateTable('chunk_scopes').set({ scope_id: 'away' }).where('scope_id', '=', space.id).execute(),
        () => database.updateTable('chunk_scopes').set({ scope_id: space.id }).where('scope_id', '=', 'away').execute(),
      ],
      [
        `chunk ${chunk!.hash} is not there`,
        () => database.updateTable('chunks').set({ hash: 'away' }).where('hash', '=', chunk!.hash).execute(),
        () => database.updateTable('chunks').set({ hash: chunk!.hash }).where('hash', '=', 'away').execute(),
      ],
      [
        'are in spaces that do not exist',
        () => nodes().set({ space_id: 'nowhere' }).where('id', '=', small.id).execute(),
        () => nodes().set({ space_id: space.id }).where('id', '=', small.id).execute(),
      ],
      [
        'the audit log does not hold',
        () => sql`UPDATE audit_entries SET details = '{"a":1}' WHERE sequence = 1`.execute(database),
        async () => undefined,
      ],
    ];
    for (const [finding, harm, mend] of planted) {
      await harm();
      expect((await findings(...on, '--fast')).join('\n')).toMatch(new RegExp(finding));
      await mend();
    }
    expect((await findings(...on, '--fast')).filter((one) => !one.includes('audit'))).toEqual([]);

    const { pack_id: pack } = await database
      .selectFrom('chunks')
      .select('pack_id')
      .where('hash', '=', chunk!.hash)
      .executeTakeFirstOrThrow();
    const file = path.join(running.folder, 'blobs', pack.slice(-2), pack);
    const bytes = await readFile(file);
    const turned = Buffer.from(bytes);
    turned[bytes.length - 1]! ^= 1;
    await writeFile(file, turned);
    expect((await findings(...on)).join('\n')).toMatch(/its bytes in pack .* are others/);
    await truncate(file, bytes.length - 1);
    expect((await findings(...on, '--fast')).join('\n')).toMatch(/ends before it/);
    await rm(file);
    expect((await findings(...on, '--fast')).join('\n')).toMatch(/cannot be read/);
  } finally {
    await running.close();
  }
});

test.each(['SQLite', 'PostgreSQL'])(
  'a backup of a running server on %s is restored whole, with new epochs, so that clients delete nothing',
  async (kind) => {
    const place = kind === 'SQLite' ? undefined : await postgres.place();
    const running = await startTestServer(place === undefined ? {} : { place });
    const urlOf = (given: typeof place) => (given?.kind === 'postgres' ? ['--database', given.url] : []);
    const on = ['--data', running.folder, ...urlOf(place)];
    const to = path.join(folder, 'backup');
    let cursor: Cursor | null = null;
    let listed: string[];
    let spaceId: string;
    try {
      const { sato, hands, space } = await fill(running);
      spaceId = space.id;
      // Somebody goes on working meanwhile.
      const busy = { done: false };
      const working = (async () => {
        for (let index = 0; !busy.done; index += 1) await hands.file(`${index}.txt`, randomBytes(2_000));
      })();
      const [first] = (await run('backup', ...on, '--to', to)).lines;
      busy.done = true;
      await working;
      expect(first).toMatchObject({ packs: first!['copied'] });
      const changes = await valueOf<{ cursor: Cursor; nodes: { id: string }[] }>(sato, 'drive.changes', { spaceId, cursor: null });
      cursor = changes.cursor;
      const [second] = (await run('backup', ...on, '--to', to)).lines;
      expect(Number(second!['copied'])).toBeLessThan(Number(second!['packs']));
      expect((await run('backup', ...on, '--to', to)).lines).toMatchObject([{ packs: second!['packs'], copied: 0 }]);
      expect((await readdir(to)).filter((name) => name.startsWith('database-'))).toHaveLength(1);
      listed = changes.nodes.map(({ id }) => id);
      await hands.file('after the backup.txt', Buffer.from('x'));
    } finally {
      await running.close();
    }

    const data = path.join(folder, 'restored');
    const emptyPlace = place === undefined ? undefined : await postgres.place();
    const into = ['--data', data, ...urlOf(emptyPlace)];
    const wrong = place === undefined ? ['--data', data, '--database', 'postgres://nowhere/x'] : ['--data', data];
    await expect(run('restore', '--from', to, ...wrong)).rejects.toMatchObject({ code: 'invalid' });
    expect((await run('restore', '--from', to, ...into)).lines).toMatchObject([{ packs: expect.any(Number) as number }]);
    expect(await findings(...into)).toEqual([]);
    await expect(run('restore', '--from', to, ...into)).rejects.toMatchObject({ code: 'conflict' });

    const opened = await openDatabase(emptyPlace ?? { kind: 'sqlite', file: path.join(data, 'hikyaku.sqlite') });
    const { epoch } = await opened.database.selectFrom('spaces').select('epoch').where('id', '=', spaceId).executeTakeFirstOrThrow();
    const ids = await opened.database
      .selectFrom('nodes')
      .select('id')
      .where('space_id', '=', spaceId)
      .where('trashed_at', 'is', null)
      .execute();
    await opened.close();
    expect(epoch).not.toBe(cursor.epoch);
    expect(ids.map(({ id }) => id).toSorted()).toEqual(listed.toSorted());
  },
);

test('a backup that was damaged is not restored, and one that broke off is taken up again', async () => {
  const running = await startTestServer();
  const to = path.join(folder, 'backup');
  try {
    await fill(running);
    await run('backup', '--data', running.folder, '--to', to);
  } finally {
    await running.close();
  }
  const blobs = path.join(to, 'blobs');
  const packs = (await readdir(blobs, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const pack = path.join(packs[0]!.parentPath, packs[0]!.name);
  const bytes = await readFile(pack);
  const restored = (name: string) => run('restore', '--from', to, '--data', path.join(folder, name));
  await writeFile(pack, Buffer.from(bytes.map((byte, index) => (index === 40 ? byte ^ 1 : byte))));
  await expect(restored('a')).rejects.toThrow(/damaged: pack/);
  expect(await readdir(path.join(folder, 'a'))).not.toContain('hikyaku.sqlite');
  await writeFile(pack, bytes);
  const manifest = path.join(to, 'manifest.ndjson');
  const list = await readFile(manifest, 'utf8');
  await writeFile(manifest, list.replace(/"sizeBytes":(\d)/, '"sizeBytes":9$1'));
  await expect(restored('b')).rejects.toThrow(/list .* is damaged/);
  await writeFile(manifest, list);
  expect((await restored('c')).lines).toHaveLength(1);
  await rm(manifest);
  await expect(restored('d')).rejects.toThrow(/no backup/);
});
