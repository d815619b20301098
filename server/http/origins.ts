import { AppError } from '#shared/base/errors.ts';

/** Names of the same machine: without a public URL a client may use any of them. */
const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

/** Where this server can be reached, as its clients write it: decides which proofs and which pages are meant for it. */
export interface Origins {
  /** The address to hand out, without trailing slash. */
  readonly url: string;
  readonly secure: boolean;
  has(origin: string): boolean;
  /** The addresses of a path at this server, for comparing with a proof. */
  urlsOf(path: string): readonly string[];
}

/** @param url `http(s)://host[:port]`. Throws `invalid` for anything more. */
export function makeOrigins(url: string): Origins {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.pathname !== '/' || parsed.search !== '' || parsed.username !== '') {
    throw new AppError('invalid', `${url} is not an address such as https://chat.example.com`);
  }
  const { protocol, hostname, port, origin } = parsed;
  const names = loopbackNames.includes(hostname)
    ? loopbackNames.map((name) => `${protocol}//${name}${port === '' ? '' : `:${port}`}`)
    : [origin];
  return {
    url: origin,
    secure: protocol === 'https:',
    has: (candidate) => names.includes(candidate),
    urlsOf: (path) => names.map((name) => `${name}${path}`),
  };
}

/** Whether a host to listen on is reached from this machine only. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
