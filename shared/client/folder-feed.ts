import { AppError } from '#shared/base/errors.ts';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { TenantContract } from '#shared/contract/tenant.ts';
import type { Cursor } from '#shared/model/drive.ts';
import type { AccountContext } from './context.ts';
import { listingPage } from './listings.ts';

/** The first page is small: something is seen at once. */
const firstPage = 200;
/** A cache that is further behind than this many pages of changes is listed anew instead. */
const mostPages = 20;

type Page = OutputOf<TenantContract, 'drive.children'>;

/** Keeps cached folders true: lists them page by page, then follows the space's changes. */
export class FolderFeed {
  readonly #account: AccountContext;
  /** One thing at a time in a space: a page that was read before a change must not be written after it. */
  readonly #lines = new Map<string, Promise<unknown>>();
  readonly #fills = new Map<string, { readonly first: Promise<void>; readonly all: Promise<void> }>();
  readonly #pulls = new Map<string, Promise<void>>();

  constructor(account: AccountContext) {
    this.#account = account;
  }

  /** Resolves when a first part of the folder is cached and true; throws where nothing of it is and the server cannot be asked. */
  async follow(folderId: string): Promise<void> {
    const cached = this.#account.listings.folder(folderId);
    if (cached !== undefined && !this.#account.isOnline()) return;
    try {
      if (cached?.complete !== true) return await this.#fill(folderId).first;
      await this.#catchUp(cached.folder.spaceId);
      if (this.#account.listings.folder(folderId)?.complete !== true) await this.#fill(folderId).first;
    } catch (cause) {
      const error = AppError.from(cause);
      if (error.code === 'not_found') this.#account.listings.forget(folderId);
      if (!error.retry || cached === undefined) throw error;
    }
  }

  /** A listing goes on in the background. */
  #fill(folderId: string): { readonly first: Promise<void>; readonly all: Promise<void> } {
    const running = this.#fills.get(folderId);
    if (running !== undefined) return running;
    const { promise: first, resolve, reject } = withResolvers();
    const all = this.#list(folderId, resolve)
      .catch((error: unknown) => {
        reject(error);
        if (!(error instanceof AppError)) this.#account.host.report(error);
      })
      .finally(() => this.#fills.delete(folderId));
    const fill = { first, all };
    this.#fills.set(folderId, fill);
    return fill;
  }

  async #list(folderId: string, onFirst: () => void): Promise<void> {
    const { listings } = this.#account;
    const named = new Set<string>();
    let spaceId = listings.folder(folderId)?.folder.spaceId ?? null;
    for (let after: string | null | undefined; after !== null;) {
      const limit = after === undefined ? firstPage : listingPage;
      const asked = { folderId, limit, ...(after === undefined ? {} : { after }) };
      const page = spaceId === null ? await this.#page(asked) : await this.#inLine(spaceId, () => this.#page(asked));
      // What is to follow of a first page that came too late begins anew, in line.
      if (page === null) continue;
      spaceId = page.folder.spaceId;
      for (const { id } of page.nodes) named.add(id);
      after = page.after;
      if (after === null) {
        listings.retain(folderId, named);
        listings.putFolder({ folder: page.folder, path: page.path, complete: true });
      }
      onFirst();
      if (named.size > firstPage || after !== null) this.#tell(spaceId);
    }
  }

  /** Fetches and keeps one page; null where changes of the space were taken in meanwhile that it may not know. */
  async #page(asked: { readonly folderId: string; readonly limit: number; readonly after?: string }): Promise<Page | null> {
    const { server, listings, store } = this.#account;
    // What changes while pages come is learned from the changes since now.
    const now = new Map(store.spaces.all().map((space) => [space.id, listings.cursor(space.id) ?? space]));
    const page = await server['drive.children'](asked);
    const { folder, path, nodes } = page;
    const known = now.get(folder.spaceId);
    const cursor = listings.cursor(folder.spaceId);
    if (cursor !== undefined && known !== undefined && cursor.sequence !== known.sequence) return null;
    if (cursor === undefined && known !== undefined) listings.setCursor(folder.spaceId, { epoch: known.epoch, sequence: known.sequence });
    listings.putFolder({ folder, path, complete: false });
    for (let from = 0; from < nodes.length; from += listingPage) listings.apply(nodes.slice(from, from + listingPage));
    return page;
  }

  /** Brings what is cached of a space to where the server said that it is. */
  #catchUp(spaceId: string): Promise<void> {
    const running = this.#pulls.get(spaceId);
    if (running !== undefined) return running.then(() => this.#catchUp(spaceId));
    const pull = this.#inLine(spaceId, () => this.#pull(spaceId)).finally(() => this.#pulls.delete(spaceId));
    this.#pulls.set(spaceId, pull);
    return pull;
  }

  async #pull(spaceId: string): Promise<void> {
    const { server, listings, store } = this.#account;
    const space = store.spaces.get(spaceId);
    const cursor = listings.cursor(spaceId);
    // A space that is not among ours (any more): only the server knows what may be seen of it.
    if (space === undefined || cursor === undefined) return listings.doubt(spaceId);
    if (cursor.epoch === space.epoch && cursor.sequence >= space.sequence) return;
    let after: string | undefined;
    for (let pages = 0; pages < mostPages; pages += 1) {
      const limit = listingPage;
      const answer = await server['drive.changes'](after === undefined ? { spaceId, cursor, limit } : { spaceId, cursor, limit, after });
      if (answer.reset) break;
      listings.apply(answer.nodes);
      if (answer.complete) return listings.setCursor(spaceId, answer.cursor);
      after = answer.after;
    }
    const { epoch, sequence }: Cursor = store.spaces.get(spaceId) ?? space;
    listings.setCursor(spaceId, { epoch, sequence });
    listings.doubt(spaceId);
  }

  #inLine<T>(spaceId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#lines.get(spaceId) ?? Promise.resolve();
    const done = before.then(work, work);
    this.#lines.set(spaceId, done);
    return done;
  }

  #tell(spaceId: string): void {
    const { host, accountId } = this.#account;
    host.emit({ type: 'drive.changed', accountId, spaceId });
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let resolve = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
