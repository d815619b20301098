import { spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, createReadStream, mkdtempSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { encodePack } from '#shared/contract/pack.ts';
import { contentHash } from '#shared/model/content.ts';
import type { Content, Node, Space } from '#shared/model/drive.ts';
import { RawClient } from '../support/raw-client.ts';
import { fetchRaw, myDriveOf, sendBytes, sha256, spaceHands, valueOf, type Draft } from '../support/raw-files.ts';
import { startServer, type ServerProcess } from '../support/server.ts';
import { startPeers } from './dav/peers.ts';
import { median } from './start/processes.ts';
import type { Figure } from './start/run.ts';
import { probeWaits, type WaitProbe } from './wait-probe.ts';

const password = 'a bench of drives 1';
const mebibyte = 1024 * 1024;
/** The full sizes; smaller ones for a short run. */
const sizeOf = (name: string, full: number): number => Number(process.env[`HIKYAKU_BENCH_${name}`] ?? full);
const created = sizeOf('CREATED', 10_000);
const listed = sizeOf('LISTED', 100_000);
const largeMebibytes = sizeOf('MEBIBYTES', 1_024);
const largeBytes = largeMebibytes * mebibyte;
const large = largeMebibytes === 1_024 ? '1 GiB' : `${largeMebibytes} MiB`;

const figure = (name: string, value: number, bound: number | null = null, unit = 'ms'): Figure => ({ name, unit, value, bound });

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Processor time of a process so far, in milliseconds. */
function cpuMs({ pid }: ServerProcess): number {
  const stat = openSync(`/proc/${pid}/stat`, 'r');
  const buffer = Buffer.alloc(1_024);
  const text = buffer.toString('utf8', 0, readSync(stat, buffer));
  closeSync(stat);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Files of 2 KiB, each its own bytes: sending them, and the batches that make them. */
async function createFigures(client: RawClient, space: Space, waits: WaitProbe): Promise<Figure[]> {
  const hands = spaceHands(client, space);
  const folder = await hands.folder('created');
  const files = Array.from({ length: created }, (_, index) => ({ name: `file ${index}.bin`, bytes: randomBytes(2_048) }));
  const chunks = files.map(({ bytes }) => ({ hash: sha256(bytes), bytes }));
  await waits.longest();
  const sending = await timed(async () => {
    for (let at = 0; at < chunks.length; at += 2_000) {
      const body = encodePack(chunks.slice(at, at + 2_000)) as BodyInit;
      const response = await fetchRaw(client, '/api/content/pack', { method: 'PUT', body });
      if (response.status !== 200) throw new Error(await response.text());
    }
  });
  const making = await timed(async () => {
    for (let at = 0; at < files.length; at += 1_000) {
      const drafts = files.slice(at, at + 1_000).map(({ name, bytes }, index): Draft => {
        const content = { contentHash: chunks[at + index]!.hash, sizeBytes: bytes.length, chunks: null, modifiedAt: 1, executable: false };
        return { kind: 'create_file', id: randomUUID(), parentId: folder.id, name, content };
      });
      const failed = (await hands.run(drafts)).find(({ kind }) => kind !== 'applied');
      if (failed !== undefined) throw new Error(JSON.stringify(failed));
    }
  });
  return [
    figure(`${created} files of 2 KiB: their bytes, in packs`, sending),
    figure(`${created} files of 2 KiB: made in batches of 1,000`, making),
    figure('  longest wait of somebody else meanwhile', await waits.longest()),
  ];
}

/** A folder of many files, page by page, and everything that the change feed tells. */
async function listFigures(client: RawClient, space: Space, server: ServerProcess, waits: WaitProbe): Promise<Figure[]> {
  const hands = spaceHands(client, space);
  const folder = await hands.folder('listed');
  const { content } = await sendBytes(client, Buffer.from('the same in all'));
  for (let at = 0; at < listed; at += 1_000) {
    const drafts = Array.from({ length: 1_000 }, (_, index): Draft => {
      const name = `${(((at + index) * 7_919) % listed).toString().padStart(6, '0')} 議事録.txt`;
      return { kind: 'create_file', id: randomUUID(), parentId: folder.id, name, content };
    });
    await hands.run(drafts);
  }
  await client.refresh();
  const pages: number[] = [];
  const list = async (limit: number): Promise<{ total: number; cpu: number }> => {
    let [after, count]: [string | undefined, number] = [undefined, 0];
    const cpu = cpuMs(server);
    const total = await timed(async () => {
      do {
        let page: { nodes: Node[]; after: string | null } | null = null;
        pages.push(
          await timed(async () => {
            page = await valueOf(client, 'drive.children', { folderId: folder.id, limit, ...(after === undefined ? {} : { after }) });
          }),
        );
        count += page!.nodes.length;
        after = page!.after ?? undefined;
      } while (after !== undefined);
    });
    if (count !== listed) throw new Error(`${count} were listed`);
    return { total, cpu: cpuMs(server) - cpu };
  };
  await list(10_000);
  await waits.longest();
  const whole = [await list(10_000), await list(10_000), await list(10_000)];
  const waitedForLong = await waits.longest();
  pages.length = 0;
  await list(500);
  const waitedForShort = await waits.longest();
  const feed: number[] = [];
  const fed = await timed(async () => {
    let after: string | undefined;
    do {
      const startedAt = performance.now();
      const page = await valueOf<{ after?: string }>(client, 'drive.changes', { spaceId: space.id, cursor: null, limit: 5_000, after });
      feed.push(performance.now() - startedAt);
      after = page.after;
    } while (after !== undefined);
  });
  const waitedForFeed = await waits.longest();
  const { cursor } = await valueOf<{ cursor: { epoch: string; sequence: number } }>(client, 'drive.changes', {
    spaceId: space.id,
    cursor: { epoch: space.epoch, sequence: 10 ** 9 },
    limit: 1,
  });
  const small: number[] = [];
  for (let round = 0; round < 50; round += 1) {
    const from = { epoch: cursor.epoch, sequence: 50_000 + round };
    small.push(await timed(() => valueOf(client, 'drive.changes', { spaceId: space.id, cursor: from, limit: 100 })));
  }
  return [
    figure(`${listed} entries of one folder in pages of 10,000, middle of 3`, median(whole.map(({ total }) => total)), 1_000),
    figure(`  of which the server's processor time`, median(whole.map(({ cpu }) => cpu))),
    figure('  longest wait of somebody else meanwhile', waitedForLong, 50),
    figure('a page of 500 of them, middle', median(pages)),
    figure('  longest wait of somebody else meanwhile', waitedForShort, 50),
    figure(`${feed.length} pages of 5,000 of the change feed, a listing of all`, fed),
    figure('one of these pages, middle', median(feed)),
    figure('  longest wait of somebody else meanwhile', waitedForFeed, 50),
    figure('a page of 100 changes after a cursor, middle', median(small)),
  ];
}

/** A large file of noise, cut at even places; reading, hashing, packing and sending are all in the time. */
async function sendFile(client: RawClient, file: string): Promise<Content> {
  const chunks: { hash: string; sizeBytes: number }[] = [];
  let pack: { hash: string; bytes: Buffer }[] = [];
  let sent: Promise<void> = Promise.resolve();
  const send = async (some: typeof pack): Promise<void> => {
    const response = await fetchRaw(client, '/api/content/pack', { method: 'PUT', body: encodePack(some) as BodyInit });
    if (response.status !== 200) throw new Error(await response.text());
  };
  for await (const piece of createReadStream(file, { highWaterMark: mebibyte })) {
    const bytes = piece as Buffer;
    const hash = sha256(bytes);
    chunks.push({ hash, sizeBytes: bytes.length });
    pack.push({ hash, bytes });
    if (pack.length < 15) continue;
    // The next pack is cut and hashed while this one is on its way.
    await sent;
    sent = send(pack);
    pack = [];
  }
  await sent;
  if (pack.length > 0) await send(pack);
  const sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.sizeBytes, 0);
  return { contentHash: contentHash(chunks, sha256), sizeBytes, chunks, modifiedAt: 1, executable: false };
}

async function swallow(response: Response): Promise<void> {
  let bytes = 0;
  for await (const piece of response.body!) bytes += piece.length;
  if (bytes !== largeBytes) throw new Error(`${bytes} bytes came`);
}

/** A large file up and down, beside `cp` and Apache as what the machine can do at all. */
async function largeFigures(client: RawClient, space: Space, work: string, waits: WaitProbe): Promise<Figure[]> {
  const file = path.join(work, 'large.bin');
  const handle = openSync(file, 'w');
  for (let at = 0; at < largeBytes; at += 16 * mebibyte) writeSync(handle, randomBytes(16 * mebibyte));
  closeSync(handle);
  const copied = await timed(async () => {
    const { status } = spawnSync('/bin/sh', ['-c', `cp "$0" "$0.copy" && sync "$0.copy"`, file]);
    if (status !== 0) throw new Error('cp failed');
  });
  rmSync(`${file}.copy`);
  const figures = [figure(`${large}: cp and sync`, copied)];
  await client.refresh();
  const hands = spaceHands(client, space);
  let node: Node | null = null;
  await waits.longest();
  const up = await timed(async () => {
    const content = await sendFile(client, file);
    node = await hands.done({ kind: 'create_file', id: randomUUID(), parentId: space.rootId, name: 'large.bin', content });
  });
  await client.refresh();
  const down = await timed(async () => swallow(await fetchRaw(client, `/api/files/${node!.id}/content`)));
  const waited = await waits.longest();
  const peers = await startPeers(work);
  try {
    const apache = peers.find(({ name }) => name.startsWith('Apache'));
    const times = { up: null as number | null, down: null as number | null };
    if (apache !== undefined) {
      const url = `${apache.url}large.bin`;
      const body = (): BodyInit => Readable.toWeb(createReadStream(file, { highWaterMark: mebibyte })) as unknown as BodyInit;
      const headers = { 'content-length': String(statSync(file).size) };
      times.up = await timed(() => fetch(url, { method: 'PUT', body: body(), duplex: 'half', headers } as RequestInit));
      times.down = await timed(async () => swallow(await fetch(url)));
      figures.push(
        figure(`${large}: PUT to Apache (not hashed, not synced to the disk)`, times.up),
        figure(`${large}: GET from Apache`, times.down),
      );
    }
    figures.push(
      figure(`${large}: upload, hashed on both sides and synced to the disk`, up),
      figure(`${large}: download`, down),
      figure('  longest wait of somebody else meanwhile', waited),
    );
  } finally {
    for (const peer of peers) await peer.stop();
  }
  return figures;
}

/** What Drive costs: making, listing, telling changes, and large files. */
export async function driveFigures(): Promise<Figure[]> {
  const work = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-bench-'));
  const server = await startServer({ args: ['--demo', '--demo-password', password] });
  const waits = await probeWaits(server.url);
  try {
    const client = new RawClient(server.url);
    await client.login('sato', { password });
    const space = await myDriveOf(client);
    const making = await createFigures(client, space, waits);
    const listing = await listFigures(client, space, server, waits);
    return [...making, ...listing, ...(await largeFigures(client, space, work, waits))];
  } finally {
    await waits.stop();
    await server.stop('SIGTERM');
    rmSync(work, { recursive: true, force: true });
    rmSync(server.dataDir, { recursive: true, force: true });
  }
}
