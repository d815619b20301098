import { AppError } from '#shared/base/errors.ts';
import { bodyUpTo } from '../content/request-body.ts';
import type { Log } from '../context.ts';
import type { SignInPages } from '../identity/external/external-login.ts';

/** A signed answer with its certificates is some ten kilobytes. */
const mostFormBytes = 262_144;

/** Shown where a browser comes back with something that nobody waits for: what to do, in both languages, and nothing that could run. */
const overPage = `<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>Hikyaku</title></head><body>
<p>このログインは終わっています。アプリに戻り、もう一度ログインしてください。</p>
<p lang="en">This login is over. Go back to the app and log in again.</p></body></html>`;

/** `GET /sign-in/oidc` and `POST /sign-in/saml`: where identity providers send the browser. It goes on to the program that waits for it. */
export function signInRoutes(pages: SignInPages, log: Log) {
  const onward = async (place: () => Promise<string>): Promise<Response> => {
    try {
      return new Response(null, { status: 303, headers: { location: await place(), 'cache-control': 'no-store' } });
    } catch (error) {
      if (AppError.from(error).code === 'internal') log.error({ error }, 'A browser could not go on from its identity provider');
      return new Response(overPage, { status: 400, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' } });
    }
  };
  return {
    oidc: (request: Request, address: string): Promise<Response> => onward(() => pages.oidc(new URL(request.url), address)),
    saml: (request: Request, address: string): Promise<Response> =>
      onward(async () => pages.saml(new URLSearchParams(Buffer.from(await bodyUpTo(request, mostFormBytes)).toString('utf8')), address)),
  };
}
