import http from 'node:http';
import { RawClient } from './raw-client.ts';
import { startTestServer, type TestServer } from './test-server.ts';

export interface DavReply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
}

/** A program that speaks WebDAV, down to the bytes of the path. */
export class DavClient {
  readonly url: string;
  authorization: string | null;

  constructor(url: string, user: string | null, password = '') {
    this.url = url;
    this.authorization = user === null ? null : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  }

  /** One request; `path` is sent as it is written. */
  send(method: string, path: string, options: { headers?: Record<string, string>; body?: string | Buffer } = {}): Promise<DavReply> {
    const { hostname, port } = new URL(this.url);
    const { body, headers = {} } = options;
    return new Promise((resolve, reject) => {
      const request = http.request({
        host: hostname,
        port,
        method,
        path,
        agent: false,
        headers: {
          ...(this.authorization === null ? {} : { authorization: this.authorization }),
          ...(body === undefined || 'transfer-encoding' in headers ? {} : { 'content-length': Buffer.byteLength(body) }),
          ...headers,
        },
      });
      request.on('response', (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.once('error', reject);
        response.once('end', () => {
          const bytes = Buffer.concat(pieces);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: bytes.toString('utf8'), bytes });
        });
      });
      request.once('error', reject);
      request.end(body);
    });
  }

  async status(method: string, path: string, options: { headers?: Record<string, string>; body?: string | Buffer } = {}): Promise<number> {
    return (await this.send(method, path, options)).status;
  }
}

export interface AppPasswordMade {
  readonly id: string;
  readonly password: string;
  readonly userName: string;
  readonly url: string;
}

/** A member with a client of ours, an app password, and a program that uses it. */
export interface DavMember {
  readonly client: RawClient;
  readonly made: AppPasswordMade;
  readonly dav: DavClient;
}

export async function davMember(server: Pick<TestServer, 'url'>, memberId: string): Promise<DavMember> {
  const client = new RawClient(server.url);
  await client.login(memberId);
  const reply = await client.call('appPassword.create', { label: 'test' });
  if (!reply.body.ok) throw new Error(JSON.stringify(reply.body));
  const made = reply.body.value as AppPasswordMade;
  return { client, made, dav: new DavClient(server.url, made.userName, made.password) };
}

/** The address of a my drive, without a slash at its end. */
export const myDrive = `/dav/${encodeURIComponent('マイドライブ')}`;

export interface DavOffice extends TestServer {
  readonly sato: DavMember;
  readonly tanaka: DavMember;
  readonly admin: RawClient;
  /** A shared drive that sato and tanaka may edit, with its id. */
  readonly shared: { readonly id: string; readonly path: string };
}

/** A server with two members who use WebDAV, and a drive that they share. */
export async function davOffice(options: Parameters<typeof startTestServer>[0] = {}): Promise<DavOffice> {
  const server = await startTestServer(options);
  const admin = new RawClient(server.url);
  await admin.login('admin');
  const members = [
    { member: 'member-sato', permission: 'edit' },
    { member: 'member-tanaka', permission: 'edit' },
  ];
  const created = await admin.call('space.create', { name: 'sales', members: members });
  if (!created.body.ok) throw new Error(JSON.stringify(created.body));
  const { space } = created.body.value as { space: { id: string } };
  return {
    ...server,
    admin,
    sato: await davMember(server, 'sato'),
    tanaka: await davMember(server, 'tanaka'),
    shared: { id: space.id, path: '/dav/sales' },
  };
}
