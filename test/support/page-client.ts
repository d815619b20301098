import type { RawReply } from './raw-client.ts';
import { testPassword } from './test-server.ts';

/** Our own page in a browser, written against the wire format alone: it keeps cookies and says where it comes from. */
export class PageClient {
  readonly url: string;
  readonly cookies = new Map<string, string>();

  constructor(url: string) {
    this.url = url;
  }

  async call(name: string, input: unknown = {}, headers: Record<string, string> = {}): Promise<RawReply> {
    const cookie = [...this.cookies].map(([key, value]) => `${key}=${value}`).join('; ');
    const response = await fetch(`${this.url}/api/${name}`, {
      method: 'POST',
      headers: {
        origin: this.url,
        'x-hikyaku': '1',
        'x-hikyaku-version': '0.1.0',
        ...(cookie === '' ? {} : { cookie }),
        ...headers,
      },
      body: JSON.stringify(input),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      if (line.endsWith('Max-Age=0')) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return { status: response.status, headers: response.headers, body: (await response.json()) as RawReply['body'] };
  }

  login(member: string, password = testPassword): Promise<RawReply> {
    const device = { name: 'Browser', platform: 'test', appVersion: '0.1.0' };
    return this.call('session.login', { member, password, kind: 'browser', device });
  }

  continueLogin(ticket: string, answer: object): Promise<RawReply> {
    return this.call('session.continue', { ticket, answer });
  }
}
