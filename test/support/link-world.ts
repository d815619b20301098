import { createHash, randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { LinkAnswer } from '#shared/contract/link-page.ts';
import { encodePack } from '#shared/contract/pack.ts';
import type { MutationResult, Node, Space } from '#shared/model/drive.ts';
import type { Link, LinkAccess } from '#shared/model/link.ts';
import { startMailSink, type MailSink } from './mail-sink.ts';
import { PageClient } from './page-client.ts';
import { RawClient, type RawReply } from './raw-client.ts';
import { startTestServer, type TestServer } from './test-server.ts';
import { signed } from './two-companies.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What an operation answered; a failure fails the test. */
export const valueOf = <T>(reply: RawReply): T => {
  expect(reply.body.error).toBeUndefined();
  return reply.body.value as T;
};

/** Somebody's browser before one link. */
export interface Visitor {
  readonly page: PageClient;
  readonly token: string;
  open(): Promise<LinkAnswer>;
  call(name: string, input?: object, headers?: Record<string, string>): Promise<RawReply>;
  content(file?: string, headers?: Record<string, string>): Promise<Response>;
  upload(query: Record<string, string>, body: string, headers?: Record<string, string>): Promise<RawReply>;
}

export interface LinkWorld {
  readonly running: TestServer;
  readonly mail: MailSink;
  /** Supreme administrator; the member who makes links; another member. */
  readonly admin: RawClient;
  readonly maker: RawClient;
  readonly other: RawClient;
  readonly space: Space;
  /** A file in a folder of the maker's my drive, and one beside that folder. */
  readonly folder: Node;
  readonly file: Node;
  readonly outside: Node;
  readonly text: string;
  ask<T>(client: RawClient, name: string, input?: object): Promise<T>;
  mutate(client: RawClient, spaceId: string, mutation: object): Promise<MutationResult>;
  addFolder(client: RawClient, spaceId: string, parentId: string, name: string): Promise<Node>;
  addFile(client: RawClient, spaceId: string, parentId: string, name: string, bytes: string | Uint8Array): Promise<Node>;
  link(node: Node, options?: object, as?: RawClient): Promise<{ link: Link }>;
  accesses(link: Link): Promise<LinkAccess[]>;
  visitor(url: string, page?: PageClient): Visitor;
  policy(patch: object): Promise<void>;
  close(): Promise<void>;
}

const allScopes = ['company', 'anyone', 'one_time_password'];

/** A running server with a mail server, and a company in which all kinds of links are allowed. */
export async function linkWorld(options: Parameters<typeof startTestServer>[0] = {}): Promise<LinkWorld> {
  const mail = await startMailSink();
  const running = await startTestServer({ mail: mail.server, ...options });
  const loggedIn = async (member: string): Promise<RawClient> => {
    const client = new RawClient(running.url);
    expect((await client.login(member)).status).toBe(200);
    return client;
  };
  const [admin, maker, other] = [await loggedIn('admin'), await loggedIn('sato'), await loggedIn('tanaka')];
  const ask = async <T>(client: RawClient, name: string, input: object = {}): Promise<T> => valueOf<T>(await client.call(name, input));
  const policy = async (patch: object): Promise<void> => void (await ask(admin, 'policy.set', { patch }));
  const scopes = { sharedScopes: allScopes, myScopes: allScopes, roomScopes: allScopes };
  await policy({ links: { enabled: true, mostDays: 0, ...scopes } });

  const mutate = async (client: RawClient, spaceId: string, mutation: object): Promise<MutationResult> => {
    const { results } = await ask<{ results: MutationResult[] }>(client, 'drive.mutate', {
      spaceId,
      mutations: [{ key: randomUUID(), ...mutation }],
    });
    return results[0]!;
  };
  const made = async (client: RawClient, spaceId: string, mutation: object): Promise<Node> => {
    const result = await mutate(client, spaceId, mutation);
    expect(result).toMatchObject({ kind: 'applied' });
    return (result as Extract<MutationResult, { kind: 'applied' }>).node;
  };
  const addFolder: LinkWorld['addFolder'] = (client, spaceId, parentId, name) =>
    made(client, spaceId, { kind: 'create_folder', id: randomUUID(), parentId, name });
  const addFile: LinkWorld['addFile'] = async (client, spaceId, parentId, name, given) => {
    const bytes = Buffer.from(given as Uint8Array);
    const packed = await fetch(`${running.url}/api/content/pack`, {
      method: 'PUT',
      headers: signed(client, 'PUT', '/api/content/pack'),
      body: encodePack([{ hash: sha256(bytes), bytes }]) as BodyInit,
    });
    expect(packed.status).toBe(200);
    const content = { contentHash: sha256(bytes), sizeBytes: bytes.length, chunks: null, modifiedAt: 1, executable: false };
    return made(client, spaceId, { kind: 'create_file', id: randomUUID(), parentId, name, content });
  };

  const { spaces } = await ask<{ spaces: Space[] }>(maker, 'drive.spaces');
  const space = spaces.find(({ kind }) => kind === 'my')!;
  const folder = await addFolder(maker, space.id, space.rootId, '提案');
  const text = 'お見積り金額 1,200,000円';
  const file = await addFile(maker, space.id, folder.id, '見積.txt', text);
  const outside = await addFile(maker, space.id, space.rootId, 'ほかの秘密.txt', 'secret of nobody else');

  const visitor = (url: string, page = new PageClient(running.url)): Visitor => {
    const token = url.slice(url.lastIndexOf('/') + 1);
    const cookie = (): Record<string, string> => {
      const all = [...page.cookies].map(([key, value]) => `${key}=${value}`).join('; ');
      return all === '' ? {} : { cookie: all };
    };
    const own = { origin: running.url, 'sec-fetch-site': 'same-origin', 'x-hikyaku': '1', 'x-hikyaku-version': '0.1.0' };
    const call: Visitor['call'] = (name, input = {}, headers = {}) => page.call(`linkPage.${name}`, { token, ...input }, headers);
    return {
      page,
      token,
      call,
      open: async () => valueOf<LinkAnswer>(await call('open')),
      content: (fileId, headers = {}) =>
        fetch(`${running.url}/l/${token}/content${fileId === undefined ? '' : `?file=${encodeURIComponent(fileId)}`}`, {
          headers: { 'sec-fetch-site': 'same-origin', ...cookie(), ...headers },
        }),
      upload: async (query, body, headers = {}) => {
        const response = await fetch(`${running.url}/l/${token}/upload?${new URLSearchParams(query).toString()}`, {
          method: 'PUT',
          headers: { ...own, ...cookie(), ...headers },
          body,
        });
        return { status: response.status, headers: response.headers, body: (await response.json()) as RawReply['body'] };
      },
    };
  };

  return {
    running,
    mail,
    admin,
    maker,
    other,
    space,
    folder,
    file,
    outside,
    text,
    ask,
    mutate,
    addFolder,
    addFile,
    link: (node, given = {}, as = maker) => ask(as, 'link.create', { nodeId: node.id, scope: 'anyone', ...given }),
    accesses: async (link) => (await ask<{ accesses: LinkAccess[] }>(maker, 'link.accesses', { linkId: link.id })).accesses,
    visitor,
    policy,
    close: async () => {
      await running.close();
      await mail.close();
    },
  };
}
