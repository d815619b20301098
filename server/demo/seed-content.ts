import { contentHash } from '#shared/model/content.ts';
import { encodePack, frameHeaderBytes, largestPackBytes, packHeaderBytes, type PackedChunk } from '#shared/contract/pack.ts';
import { Chunker, singleChunkBytes } from '#shared/sync/chunker.ts';
import { normalContent, sha256, type Bytes } from '../content/stored-content.ts';
import { storePack } from '../content/store-pack.ts';
import type { Seeding } from './seed-people.ts';
import type { DemoAttachment, DemoVersion } from './types.ts';

/** What became of each file's bytes: the content that names them. */
export type Contents = ReadonlyMap<DemoVersion | DemoAttachment, Bytes>;

/** Makes every file of the company and stores its bytes, as if its author had sent them. */
export async function seedContent({ services, tenantId, company, memberIds }: Seeding): Promise<Contents> {
  const contents = new Map<DemoVersion | DemoAttachment, Bytes>();
  const sent = new Map<string, PackedChunk[]>();
  const add = async (authorId: string, file: DemoVersion | DemoAttachment): Promise<void> => {
    const chunks = cut(await file.bytes()).map((bytes) => ({ hash: sha256(bytes), bytes }));
    const list = chunks.map(({ hash, bytes }) => ({ hash, sizeBytes: bytes.length }));
    const sizeBytes = list.reduce((sum, chunk) => sum + chunk.sizeBytes, 0);
    contents.set(file, normalContent({ contentHash: contentHash(list, sha256), sizeBytes, chunks: list }));
    sent.set(authorId, [...(sent.get(authorId) ?? []), ...chunks]);
  };
  for (const file of company.files) for (const version of [...file.earlier, file]) await add(version.authorId, version);
  for (const message of company.rooms.flatMap((room) => room.messages)) {
    if (message.attachment !== null) await add(message.authorId, message.attachment);
  }
  for (const [authorId, chunks] of sent) {
    for (const pack of packs(chunks)) await storePack(services, tenantId, memberIds.get(authorId)!, encodePack(pack));
  }
  return contents;
}

function cut(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length === 0) return [];
  if (bytes.length <= singleChunkBytes) return [bytes];
  const pieces: Uint8Array[] = [];
  const chunker = new Chunker();
  for (let start = 0; start < bytes.length;) {
    const end = chunker.next(bytes, start);
    pieces.push(bytes.subarray(start, end < 0 ? bytes.length : end));
    start = end < 0 ? bytes.length : end;
  }
  return pieces;
}

function* packs(chunks: readonly PackedChunk[]): Generator<readonly PackedChunk[]> {
  let pack: PackedChunk[] = [];
  let size = packHeaderBytes;
  for (const chunk of chunks) {
    const more = frameHeaderBytes + chunk.bytes.length;
    if (size + more > largestPackBytes) {
      yield pack;
      pack = [];
      size = packHeaderBytes;
    }
    pack.push(chunk);
    size += more;
  }
  if (pack.length > 0) yield pack;
}
