import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '#shared/base/clock.ts';
import { AppError } from '#shared/base/errors.ts';
import { login } from '#shared/contract/login.ts';
import { connect } from '#shared/contract/operation.ts';
import { deviceFacts, stepOf, type LoginStep, type SessionOptions } from './open-session.ts';
import { SignedHttp } from './transport/signed-http.ts';

/** How long somebody may take in the browser, in milliseconds: as long as the server waits. */
const patienceMs = 600_000;

/** What the browser shows at the end. It says nothing that a stranger could use, and loads nothing. */
const page = `<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>Hikyaku</title></head>
<body style="font:16px system-ui;margin:15vh auto;max-width:32em;padding:0 1em">
<p>確認が終わりました。このタブを閉じて、アプリに戻ってください。</p>
<p lang="en">You are done here. Close this tab and go back to the app.</p></body></html>`;

export interface BrowserLogin {
  readonly method: string;
  readonly member: string | null;
  /** Opens an address in the system's browser. */
  open(url: string): Promise<void>;
  /** Aborted when the person gives up. */
  readonly signal: AbortSignal;
}

/**
 * Logs in with the system's browser (RFC 8252): the browser comes back to a loopback address of this program with a code, which is good only
 * with this device's key and a secret that never left (RFC 7636). Rejects as the server answers, `denied` with `ticket_expired` when given up.
 */
export async function loginWithBrowser(options: SessionOptions, { method, member, open, signal }: BrowserLogin): Promise<LoginStep> {
  const signed = new SignedHttp({ ...options, http: options.http.request });
  const entrance = connect(login, signed.open);
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const landing = await listenForReturn(signal, options.clock);
  try {
    const { url } = await entrance['session.external']({
      method,
      ...(member === null ? {} : { member }),
      kind: 'pc-app',
      device: deviceFacts(options.version),
      returnTo: landing.address,
      challenge,
    });
    await open(url);
    const code = await landing.code;
    return await stepOf(options, signed, await entrance['session.externalFinish']({ code, verifier }));
  } finally {
    landing.close();
  }
}

interface Landing {
  readonly address: string;
  /** What the browser brought; rejects with the reason that it brought, or when nobody comes. */
  readonly code: Promise<string>;
  close(): void;
}

/** A port of this machine that takes one visit. Its path cannot be guessed by other programs' pages. */
async function listenForReturn(signal: AbortSignal, clock: Pick<Clock, 'after'>): Promise<Landing> {
  const path = `/${randomBytes(16).toString('base64url')}`;
  let settle: { resolve(code: string): void; reject(error: AppError): void };
  const code = new Promise<string>((resolve, reject) => (settle = { resolve, reject }));
  // Nobody may be listening yet when it fails.
  code.catch(() => undefined);
  const gaveUp = (): void => settle.reject(new AppError('denied', 'This login was given up', { details: { reason: 'ticket_expired' } }));
  const server: Server = createServer((request, response) => {
    const visited = URL.parse(request.url ?? '', 'http://127.0.0.1');
    if (request.method !== 'GET' || visited?.pathname !== path) {
      response.writeHead(404).end();
      return;
    }
    const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
    response.writeHead(200, { ...headers, 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" }).end(page);
    const error = visited.searchParams.get('error');
    if (error !== null)
      settle.reject(new AppError('denied', 'The browser came back without a login', { details: { reason: error.slice(0, 100) } }));
    else settle.resolve(visited.searchParams.get('code') ?? '');
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const cancelPatience = clock.after(patienceMs, gaveUp);
  signal.addEventListener('abort', gaveUp, { once: true });
  if (signal.aborted) gaveUp();
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    code,
    close: () => {
      cancelPatience();
      signal.removeEventListener('abort', gaveUp);
      server.close();
      server.closeIdleConnections();
    },
  };
}
