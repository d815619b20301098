import { createHash, randomUUID } from 'node:crypto';
import { encodePack, largestPackBytes, frameHeaderBytes } from '#shared/contract/pack.ts';
import { contentHash } from '#shared/model/content.ts';
import type { Content, Mutation, MutationResult, Node, Space } from '#shared/model/drive.ts';
import type { RawClient } from './raw-client.ts';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
/** A mutation without what every mutation has. */
export type Draft = Mutation extends infer M ? (M extends { kind: string } ? Omit<M, 'key'> : never) : never;

/** One request with proof and token that answers bytes. */
export function fetchRaw(client: RawClient, path: string, init: RequestInit = {}): Promise<Response> {
  const token = client.grant!.accessToken;
  const method = init.method ?? 'GET';
  return fetch(`${client.url}${path}`, {
    ...init,
    headers: {
      dpop: client.proof(method, path.split('?')[0]!, token),
      authorization: `DPoP ${token}`,
      'x-hikyaku-version': client.version,
      ...(init.headers as Record<string, string> | undefined),
    },
  });
}

/** What an operation answers. Throws where it failed. */
export async function valueOf<T>(client: RawClient, name: string, input: unknown = {}): Promise<T> {
  const { body } = await client.call(name, input);
  if (!body.ok) throw new Error(`${name}: ${JSON.stringify(body.error)}`);
  return body.value as T;
}

/** Sends bytes in chunks of one size, those that are missing alone. Returns the content, and how many bytes went. */
export async function sendBytes(
  client: RawClient,
  bytes: Uint8Array,
  chunkBytes = 1024 * 1024,
): Promise<{ content: Content; sentBytes: number }> {
  const chunks = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const piece = bytes.subarray(at, at + chunkBytes);
    chunks.push({ hash: sha256(piece), bytes: piece });
  }
  const { missing } = await valueOf<{ missing: string[] }>(client, 'content.missing', {
    hashes: [...new Set(chunks.map(({ hash }) => hash))],
  });
  const wanted = new Set(missing);
  let sentBytes = 0;
  let pack: typeof chunks = [];
  const send = async (): Promise<void> => {
    if (pack.length === 0) return;
    const response = await fetchRaw(client, '/api/content/pack', { method: 'PUT', body: encodePack(pack) as BodyInit });
    if (response.status !== 200) throw new Error(`The pack was not taken: ${await response.text()}`);
    sentBytes += pack.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
    pack = [];
  };
  for (const chunk of chunks) {
    if (!wanted.delete(chunk.hash)) continue;
    if ((pack.length + 1) * (chunkBytes + frameHeaderBytes) + frameHeaderBytes > largestPackBytes) await send();
    pack.push(chunk);
  }
  await send();
  const list = chunks.map(({ hash, bytes: piece }) => ({ hash, sizeBytes: piece.length }));
  const content = { contentHash: contentHash(list, sha256), sizeBytes: bytes.length, chunks: list.length > 1 ? list : null };
  return { content: { ...content, modifiedAt: 1, executable: false }, sentBytes };
}

/** A client's hands in one space: what it does there, answer by answer. */
export function spaceHands(client: RawClient, space: Pick<Space, 'id' | 'rootId'>) {
  const run = async (drafts: readonly Draft[]): Promise<MutationResult[]> => {
    const mutations = drafts.map((draft) => ({ ...draft, key: randomUUID() }));
    return (await valueOf<{ results: MutationResult[] }>(client, 'drive.mutate', { spaceId: space.id, mutations })).results;
  };
  const done = async (draft: Draft): Promise<Node> => {
    const [result] = await run([draft]);
    if (result?.kind !== 'applied') throw new Error(`Not applied: ${JSON.stringify(result)}`);
    return result.node;
  };
  return {
    run,
    done,
    folder: (name: string, parentId = space.rootId) => done({ kind: 'create_folder', id: randomUUID(), parentId, name }),
    file: async (name: string, bytes: Uint8Array, parentId = space.rootId) =>
      done({ kind: 'create_file', id: randomUUID(), parentId, name, content: (await sendBytes(client, bytes)).content }),
    update: async (node: Node, bytes: Uint8Array) =>
      done({ kind: 'update_content', nodeId: node.id, baseVersion: node.version, content: (await sendBytes(client, bytes)).content }),
    remove: (node: Node) => done({ kind: 'delete', nodeId: node.id, baseVersion: node.version }),
  };
}

/** The asker's own drive. */
export async function myDriveOf(client: RawClient): Promise<Space> {
  const { spaces } = await valueOf<{ spaces: Space[] }>(client, 'drive.spaces');
  return spaces.find(({ kind }) => kind === 'my')!;
}
