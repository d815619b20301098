import { createHash, type Hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { denial } from '#shared/policy/denial.ts';
import { AppError } from '#shared/base/errors.ts';
import { encodePack, type PackedChunk } from '#shared/contract/pack.ts';
import type { Content } from '#shared/model/drive.ts';
import { nameProblem } from '#shared/model/node-name.ts';
import { singleChunkBytes } from '#shared/sync/chunker.ts';
import type { RequestContext, Services } from '../../context.ts';
import { judgeFile } from '../../content/judge.ts';
import { judgeRoom } from '../../content/quota.ts';
import { receiveFile } from '../../content/receive-file.ts';
import { smallKey, type SmallContents } from '../../content/small-contents.ts';
import { storePack } from '../../content/store-pack.ts';
import type { Place, Places } from '../../drive/dav/places.ts';
import type { Target, Writes } from '../../drive/dav/writes.ts';
import { hrefOf } from './address.ts';
import { requireMatch } from './conditions.ts';
import { empty, headerOf, type Exchange } from './exchange.ts';
import { DavFailure, failureOf } from './failures.ts';
import { contentOf, etagOf } from './live-properties.ts';
import { targetOf } from './locking.ts';

/** How often somebody else may write the same file while one's own bytes arrive. */
const mostTries = 5;

export interface UploadOptions {
  readonly services: Services;
  readonly places: Places;
  readonly writes: Writes;
  readonly contents: SmallContents;
}

/** PUT: a file's new content, cut and stored while it arrives. What is not allowed is refused before the first byte is read. */
export function makeUpload({ services, places, writes, contents }: UploadOptions) {
  const { clock } = services;

  return async (exchange: Exchange, here: Place): Promise<void> => {
    const { request, response, context, writer, address } = exchange;
    if (headerOf(request, 'content-range') !== null) throw new DavFailure(400, { reason: 'content_range' });
    if (headerOf(request, 'content-encoding') !== null) throw new DavFailure(415, { reason: 'content_encoding' });
    if (here.kind === 'top' || address.slash || (here.kind === 'found' && here.row.kind === 'folder')) throw new DavFailure(405);
    let target = targetOf(here);
    requireMatch(exchange, here);
    const mostBytes = await requireRoom(services, context, target, announcedSize(request));
    const checksum = checksumOf(request);
    continueOn(request, response);
    const owner = { tenantId: context.tenantId, memberId: context.member.id };
    // A small file's bytes are kept in the transaction that gives it its name; those of larger ones as they come.
    const held: PackedChunk[] = [];
    const store = async (chunks: readonly PackedChunk[]): Promise<void> => {
      if (chunks.reduce((sum, { bytes }) => sum + bytes.length, 0) <= singleChunkBytes) held.push(...chunks);
      else await storePack(services, owner.tenantId, owner.memberId, encodePack(chunks));
    };
    const received = await receiveFile(services, owner, summed(request, checksum), {
      mostBytes,
      modifiedAt: modifiedAtOf(request, clock.now()),
      store,
    });
    requireSum(checksum);
    for (let tries = 1; ; tries += 1) {
      const before = target.kind === 'found' ? contentOf(target.row) : null;
      const content: Content = { ...received, executable: before?.executable ?? false };
      const change = await writes.put(writer, target, content, held);
      if (change.kind === 'done') {
        const folder = target.kind === 'found' ? target : target.parent;
        // What was just sent is what is asked for next.
        if (held.length === 1 && content.chunks === null && !folder.access.hasRules) {
          contents.keep(smallKey(owner.tenantId, folder.row.space_id, content.contentHash), held[0]!.bytes);
        }
        const accepted = headerOf(request, 'x-oc-mtime') === null ? {} : { 'x-oc-mtime': 'accepted' };
        return empty(response, change.created ? 201 : 204, { etag: etagOf(content), ...accepted });
      }
      const { result } = change;
      const isOvertaken = result.kind === 'conflict' && ['version_changed', 'name_taken', 'missing', 'trashed'].includes(result.reason);
      if (!isOvertaken || tries === mostTries) throw failureOf(result, hrefOf(target.path, false));
      // Somebody was quicker: what they wrote is an earlier version then, unless this was for another state alone.
      const now = await places.find(owner, target.path);
      requireMatch(exchange, now);
      if (now.kind === 'found' && now.row.kind === 'folder') throw new DavFailure(405);
      target = targetOf(now);
    }
  };
}

/** Programs that asked whether they may send at all are told so now. */
function continueOn(request: IncomingMessage, response: ServerResponse): void {
  if (/^100-continue$/i.test(headerOf(request, 'expect') ?? '')) response.writeContinue();
}

const announcedSize = (request: IncomingMessage): number =>
  Number(headerOf(request, 'content-length') ?? headerOf(request, 'x-expected-entity-length') ?? headerOf(request, 'oc-total-length') ?? 0);

/** May so much go there at all? Returns how many bytes may. What arrives is judged again when it is committed. */
async function requireRoom(
  { database }: Services,
  { tenantId, policy }: RequestContext,
  target: Target,
  sizeBytes: number,
): Promise<number> {
  const folder = target.kind === 'found' ? target : target.parent;
  if (folder.access.permission !== 'edit') throw new DavFailure(403, { reason: 'permission_missing' });
  const name = target.path.at(-1)!;
  const problem = nameProblem(name);
  if (problem !== null) throw new DavFailure(400, { reason: problem });
  const size = Number.isSafeInteger(sizeBytes) && sizeBytes > 0 ? sizeBytes : 0;
  const judged = judgeFile('drive', name, size, policy);
  if (judged.effect === 'deny') throw denial(judged);
  const space = await database
    .selectFrom('spaces')
    .select(['kind', 'owner_id', 'quota_bytes', 'used_bytes'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', folder.row.space_id)
    .executeTakeFirstOrThrow();
  const room = judgeRoom(space, space.used_bytes, size, policy);
  if (room.effect === 'deny') throw denial(room);
  return policy.files.driveLimitBytes;
}

/** `X-OC-Mtime`: when the file was changed, in seconds; programs that keep times say so. */
function modifiedAtOf(request: IncomingMessage, now: number): number {
  const seconds = Number(headerOf(request, 'x-oc-mtime') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 && seconds < 253_402_300_800 ? Math.round(seconds * 1_000) : now;
}

interface Checksum {
  readonly hash: Hash;
  readonly expected: string;
}
const algorithms: Readonly<Record<string, string>> = { SHA256: 'sha256', SHA1: 'sha1', MD5: 'md5' };

/** `OC-Checksum: SHA1:…`, or null where there is none that is known here. */
function checksumOf(request: IncomingMessage): Checksum | null {
  const match = /^(\w+):([0-9a-f]+)$/i.exec(headerOf(request, 'oc-checksum')?.trim() ?? '');
  const algorithm = algorithms[match?.[1]?.toUpperCase() ?? ''];
  return algorithm === undefined ? null : { hash: createHash(algorithm), expected: match![2]!.toLowerCase() };
}

async function* summed(request: IncomingMessage, checksum: Checksum | null): AsyncGenerator<Uint8Array> {
  for await (const piece of request as AsyncIterable<Buffer>) {
    checksum?.hash.update(piece);
    yield piece;
  }
  if (!request.complete) throw new AppError('invalid', 'The upload broke off');
}

function requireSum(checksum: Checksum | null): void {
  if (checksum !== null && checksum.hash.digest('hex') !== checksum.expected) throw new DavFailure(400, { reason: 'checksum_mismatch' });
}
