import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createReadStream, mkdtempSync, openSync, closeSync, ftruncateSync, readFileSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inRoot } from '../../build/paths.ts';
import { encodePack } from '#shared/contract/pack.ts';
import { contentHash } from '#shared/model/content.ts';
import type { Content } from '#shared/model/drive.ts';
import { Chunker } from '#shared/sync/chunker.ts';
import { RawClient } from '../support/raw-client.ts';
import { fetchRaw, myDriveOf, sha256, spaceHands, valueOf } from '../support/raw-files.ts';
import { startServer } from '../support/server.ts';
import { soakCrashes } from './crashes.ts';

const gibibyte = 1_073_741_824;
const password = 'soaking the drive 1';

/** Says what was done; throws where something does not hold. */
type Say = (line: string) => void;
function hold(holds: boolean, what: string): void {
  if (!holds) throw new Error(`Does not hold: ${what}`);
}

/** The most memory that a process ever had, in MiB. */
const peakMiB = (pid: number): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/** Cuts and hashes a file, and sends what is missing, pack by pack; never holds more than a pack. */
async function upload(client: RawClient, file: string): Promise<{ content: Content; sentBytes: number }> {
  const chunker = new Chunker();
  const chunks: { hash: string; sizeBytes: number }[] = [];
  const known = new Set<string>();
  let sentBytes = 0;
  let rest: Buffer[] = [];
  const take = async (bytes: Buffer): Promise<void> => {
    const hash = sha256(bytes);
    chunks.push({ hash, sizeBytes: bytes.length });
    if (known.has(hash)) return;
    known.add(hash);
    if (chunks.length % 64 === 0) await client.refresh();
    const { missing } = await valueOf<{ missing: string[] }>(client, 'content.missing', { hashes: [hash] });
    if (missing.length === 0) return;
    const response = await fetchRaw(client, '/api/content/pack', { method: 'PUT', body: encodePack([{ hash, bytes }]) as BodyInit });
    hold(response.status === 200, `a pack is taken, not ${response.status}`);
    sentBytes += bytes.length;
  };
  for await (const piece of createReadStream(file, { highWaterMark: 4 * 1024 * 1024 })) {
    const bytes = piece as Buffer;
    for (let from = 0; from < bytes.length;) {
      const end = chunker.next(bytes, from);
      rest.push(bytes.subarray(from, end < 0 ? bytes.length : end));
      from = end < 0 ? bytes.length : end;
      if (end >= 0) {
        await take(Buffer.concat(rest));
        rest = [];
      }
    }
  }
  if (rest.length > 0) await take(Buffer.concat(rest));
  const sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.sizeBytes, 0);
  return { content: { contentHash: contentHash(chunks, sha256), sizeBytes, chunks, modifiedAt: 1, executable: false }, sentBytes };
}

/** Counts what comes, and compares it with zeros but for marks at known places. */
async function download(response: Response, marks: ReadonlyMap<number, string>): Promise<number> {
  let at = 0;
  const zeros = Buffer.alloc(8 * 1024 * 1024);
  for await (const piece of response.body!) {
    const bytes = Buffer.from(piece);
    for (const [place, text] of marks) {
      const from = place - at;
      if (from < 0 || from >= bytes.length) continue;
      hold(bytes.subarray(from, from + text.length).toString() === text.slice(0, bytes.length - from), `the mark at ${place} is there`);
      bytes.fill(0, from, from + text.length);
    }
    hold(bytes.equals(zeros.subarray(0, bytes.length)), `nothing but zeros around ${at}`);
    at += bytes.length;
  }
  return at;
}

/** A large file, sparse but for two marks, up and down through the real server; its memory stays bounded, and the check finds nothing. */
async function hugeFile(say: Say, sizeGiB: number): Promise<void> {
  const work = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-soak-'));
  const server = await startServer({ args: ['--demo', '--demo-password', password] });
  try {
    const file = path.join(work, 'huge.img');
    const sizeBytes = sizeGiB * gibibyte;
    const middle = sizeBytes / 2 + 12_345;
    const marks = new Map([
      [middle, 'in the middle'],
      [sizeBytes - 7, 'the end'],
    ]);
    const handle = openSync(file, 'w');
    ftruncateSync(handle, sizeBytes);
    for (const [place, text] of marks) writeSync(handle, text, place);
    closeSync(handle);
    const client = new RawClient(server.url);
    await client.login('sato', { password });
    const space = await myDriveOf(client);
    const hands = spaceHands(client, space);
    const before = peakMiB(server.pid);
    let startedAt = performance.now();
    const seconds = (): string => ((performance.now() - startedAt) / 1_000).toFixed(1);
    const { content, sentBytes } = await upload(client, file);
    await client.refresh();
    const node = await hands.done({ kind: 'create_file', id: randomUUID(), parentId: space.rootId, name: 'huge.img', content });
    say(`${sizeGiB} GiB up in ${seconds()} s: ${content.chunks!.length} chunks, ${(sentBytes / 1_048_576).toFixed(1)} MiB sent`);
    hold(sentBytes < 64 * 1024 * 1024, 'zeros are sent once');
    const hashes = [...new Set(content.chunks!.map(({ hash }) => hash))];
    const { missing } = await valueOf<{ missing: string[] }>(client, 'content.missing', { hashes });
    hold(missing.length === 0, 'a second upload sends nothing');
    startedAt = performance.now();
    await client.refresh();
    const got = await download(await fetchRaw(client, `/api/files/${node.id}/content`), marks);
    hold(got === sizeBytes, 'all of it comes back');
    say(`${sizeGiB} GiB down in ${seconds()} s`);
    await client.refresh();
    const range = { range: `bytes=${middle}-${middle + 12}` };
    const part = await fetchRaw(client, `/api/files/${node.id}/content`, { headers: range });
    hold((await part.text()) === 'in the middle', 'a range in the middle');
    startedAt = performance.now();
    const zip = await fetchRaw(client, `/api/archives?nodes=${node.id}`);
    let packed = 0;
    for await (const piece of zip.body!) packed += piece.length;
    say(`${sizeGiB} GiB as ZIP in ${seconds()} s: ${(packed / 1_048_576).toFixed(1)} MiB`);
    const peak = peakMiB(server.pid);
    say(`the server's largest memory: ${peak.toFixed(0)} MiB (${before.toFixed(0)} before)`);
    hold(peak < before + 400, 'memory does not grow with the file');
    const checked = spawnSync(process.execPath, [inRoot('server', 'main.ts'), 'check', '--data', server.dataDir], { encoding: 'utf8' });
    hold(checked.status === 0, `the check finds nothing: ${checked.stdout}`);
  } finally {
    await server.stop('SIGTERM');
    rmSync(work, { recursive: true, force: true });
    rmSync(server.dataDir, { recursive: true, force: true });
  }
}

/**
 * What takes long: not part of the tests, of which each has a small sample.
 * @param sizeGiB of the large file, for machines that are slow or busy
 */
export async function soakDrive(sizeGiB = 10): Promise<void> {
  const say: Say = (line) => console.log(line);
  await hugeFile(say, sizeGiB);
  await soakCrashes(say);
}
