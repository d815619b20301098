import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { AppError } from '#shared/base/errors.ts';
import { Environment, type AdminRight, type Service } from '#shared/model/rights.ts';
import type { CallAct } from '#shared/policy/decide.ts';
import type { Log, PublicContext, RequestContext } from '../context.ts';
import { bodyUpTo } from '../content/request-body.ts';
import type { SignInPages } from '../identity/external/external-login.ts';
import type { Sessions } from '../identity/sessions.ts';
import { answer, answerFailure } from './answer.ts';
import type { Authentication, RequestHead } from './authenticate.ts';
import { cookieOf, expiredCookie, readCookie } from './cookies.ts';
import { secureHeaders } from './headers.ts';
import type { Nonces } from './nonces.ts';
import { openApi } from './open-api.ts';
import { operations, parseInput, type OperationTable } from './operations.ts';
import type { Origins } from './origins.ts';
import type { Pages } from './pages.ts';
import { signInRoutes } from './sign-in.ts';

/** A route that carries bytes, for somebody whom the gate let in. */
export type ByteRoute = (request: Request, context: RequestContext, params: Readonly<Record<string, string>>) => Promise<Response>;

/** A route of a link, for somebody about whom nothing is known yet. */
export type LinkRoute = (request: Request, context: PublicContext, params: Readonly<Record<string, string>>) => Promise<Response>;

/** A file that administrators with a right download; the address's query says which part of it. */
export interface Export {
  readonly right: AdminRight;
  serve(query: URLSearchParams, context: RequestContext): Promise<Response>;
}

export interface AppOptions {
  readonly operations: OperationTable;
  /** Answers that are too long to be made in between. */
  readonly listings: { answer(operation: string, input: unknown, context: RequestContext): Promise<Response | null> };
  readonly routes: Readonly<Record<'pack' | 'read' | 'file' | 'messageFile' | 'preview' | 'archive', ByteRoute>>;
  /** `GET /api/exports/<name>`, by name. */
  readonly exports: Readonly<Record<string, Export>>;
  /** Below `/l/<token>/`. */
  readonly links: Readonly<Record<'content' | 'zip' | 'preview' | 'upload', LinkRoute>>;
  readonly authentication: Authentication;
  readonly sessions: Pick<Sessions, 'admit'>;
  readonly nonces: Nonces;
  readonly origins: Origins;
  readonly signIn: SignInPages;
  readonly pages: Pages | null;
  /** From which country an address is, or null. */
  countryOf(address: string): string | null;
  readonly version: string;
  readonly log: Log;
}

type Env = { Bindings: HttpBindings };

/** Every HTTP route of the server. Failures are replies (shared/contract/operation.ts) with their status, whatever went wrong. */
export function makeApp(options: AppOptions): Hono<Env> {
  const { operations: table, routes, authentication, sessions, nonces, origins, pages, version, log } = options;
  const app = new Hono<Env>();

  app.use(async (context, next) => {
    await next();
    const { headers } = context.res;
    const isPage = headers.get('content-type')?.startsWith('text/html') === true;
    for (const [name, value] of Object.entries(secureHeaders(origins, isPage ? 'page' : 'data'))) headers.set(name, value);
    if (context.req.path.startsWith('/api/')) headers.set('dpop-nonce', nonces.current());
  });
  app.onError((error) => {
    // A client that went away in the middle of its request is its own affair; nobody hears the answer.
    if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') {
      return answerFailure(new AppError('invalid', 'The request broke off'));
    }
    if (!(error instanceof AppError) || error.code === 'internal') log.error({ error }, 'A request failed');
    return answerFailure(error);
  });
  app.notFound(() => answerFailure(new AppError('not_found', 'There is nothing here')));

  app.get('/api/openapi.json', () => Response.json(openApi(operations, origins.url, version)));

  const admitted = async (context: Context<Env>, operation: string, act: CallAct): Promise<RequestContext> => {
    const head = headOf(context);
    // Only ever a further condition: the sync engine in the app is judged as the app and as the Drive explorer (ADM-09).
    const environment = Environment.safeParse(head.header('x-hikyaku-environment')).data;
    const asked = environment === undefined ? act : { ...act, environment };
    const who = await sessions.admit(await authentication.credentials(head), { ...authentication.facts(head), operation }, asked);
    return environment === undefined ? who : { ...who, environment };
  };
  const bytes = (route: ByteRoute, name: string, service?: Service) => async (context: Context<Env>) => {
    const act: CallAct = { kind: 'call', access: 'member', ...(service === undefined ? {} : { service }) };
    return route(context.req.raw, await admitted(context, name, act), context.req.param() as Record<string, string>);
  };
  app.put('/api/content/pack', bytes(routes.pack, 'content.pack'));
  app.post('/api/content/read', bytes(routes.read, 'content.read'));
  app.get('/api/files/:nodeId/content', bytes(routes.file, 'file.content', 'drive'));
  app.get('/api/files/:nodeId/preview/:page', bytes(routes.preview, 'file.preview', 'drive'));
  app.get('/api/messages/:messageId/files/:fileId', bytes(routes.messageFile, 'message.file', 'talk'));
  app.get('/api/archives', bytes(routes.archive, 'file.archive', 'drive'));

  const linked = (route: LinkRoute, name: string) => (context: Context<Env>) =>
    route(context.req.raw, publicContext(context, options, [], name), context.req.param() as Record<string, string>);
  app.get('/l/:token/content', linked(options.links.content, 'link.content'));
  app.get('/l/:token/zip', linked(options.links.zip, 'link.zip'));
  app.get('/l/:token/preview/:page', linked(options.links.preview, 'link.preview'));
  app.put('/l/:token/upload', linked(options.links.upload, 'link.upload'));

  app.get('/api/exports/:name', async (context) => {
    const name = context.req.param('name');
    const file = Object.hasOwn(options.exports, name) ? options.exports[name]! : null;
    if (file === null) throw new AppError('not_found', 'There is nothing here');
    const who = await admitted(context, `export.${name}`, { kind: 'call', access: 'administrator', right: file.right });
    return file.serve(new URL(context.req.url).searchParams, who);
  });

  app.post('/api/:operation', async (context) => {
    const name = context.req.param('operation');
    const access = table.accessOf(name);
    if (access === null) throw new AppError('not_found', `No operation ${name.slice(0, 100)}`);
    const readInput = async (): Promise<unknown> => parseInput(await bodyUpTo(context.req.raw, table.mostBytesOf(name)));
    if (access === 'public') {
      const cookies: string[] = [];
      const reply = await table.runPublic(name, await readInput(), publicContext(context, options, cookies, name));
      const answered = answer(reply);
      for (const cookie of cookies) answered.headers.append('set-cookie', cookie);
      return answered;
    }
    const who = await admitted(context, name, table.actOf(name));
    const input = await readInput();
    const listing = await options.listings.answer(name, input, who);
    if (listing !== null) return listing;
    const reply = await table.runMember(name, input, who);
    const ended = (input as { sessionId?: unknown } | null)?.sessionId ?? who.session.id;
    const over = reply.ok && name === 'session.end' && ended === who.session.id && who.session.kind === 'browser';
    return answer(reply, over ? { 'set-cookie': expiredCookie } : {});
  });

  const signIn = signInRoutes(options.signIn, log);
  app.get('/sign-in/oidc', (context) => signIn.oidc(context.req.raw, authentication.facts(headOf(context)).address));
  app.post('/sign-in/saml', (context) => signIn.saml(context.req.raw, authentication.facts(headOf(context)).address));

  if (pages !== null) {
    app.get('*', async (context) => {
      const { path } = context.req;
      const page = path.startsWith('/api/') ? null : await pages(path, context.req.header('if-none-match') ?? null);
      return page ?? context.notFound();
    });
  }
  return app;
}

function headOf(context: Context<Env>): RequestHead {
  const { req, env } = context;
  return { method: req.method, path: req.path, header: (name) => req.header(name) ?? null, peer: env.incoming.socket.remoteAddress };
}

function publicContext(
  context: Context<Env>,
  { authentication, countryOf, sessions }: Pick<AppOptions, 'authentication' | 'countryOf' | 'sessions'>,
  cookies: string[],
  operation: string,
): PublicContext {
  const head = headOf(context);
  const facts = authentication.facts(head);
  return {
    ...facts,
    country: countryOf(facts.address),
    prove: () => authentication.prove(head),
    member: async (act) => sessions.admit(await authentication.credentials(head), { ...facts, operation }, act),
    cookie: (name) => readCookie(head.header('cookie'), name),
    setCookie: (token, name) => void cookies.push(cookieOf(token, name)),
  };
}
