import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '#shared/base/errors.ts';
import type { AccountCore } from '#shared/client/account.ts';
import { newId, type ClientHost } from '#shared/client/context.ts';
import { decideFile } from '#shared/policy/decide-file.ts';
import { denial } from '#shared/policy/denial.ts';
import { plainName } from './plain-name.ts';

/** What a drag may bring here, in bytes: it begins while the button is held down, so it must be there in a moment. */
export const mostDraggedBytes = 32 * 1024 * 1024;

/** Copies of files that are dragged to the desktop: the system takes them from a folder of ours, which lasts until the next drag. */
export class Drags {
  readonly #profile: string;
  readonly #host: Pick<ClientHost, 'clock' | 'random' | 'report'>;
  readonly #prepared = new Map<string, { readonly accountId: string; readonly places: readonly string[] }>();

  constructor(profile: string, host: Pick<ClientHost, 'clock' | 'random' | 'report'>) {
    this.#profile = profile;
    this.#host = host;
  }

  /** Throws `too_large`/`drag_too_large` for what is better downloaded. */
  async prepare(core: AccountCore, nodeIds: readonly string[]): Promise<{ dragId: string; names: string[] }> {
    const nodes = await Promise.all(nodeIds.map(async (nodeId) => (await core.server['drive.node']({ nodeId })).node));
    const files = nodes.flatMap(({ id, name, content }) => (content === null ? [] : [{ id, name, content }]));
    const sizeBytes = files.reduce((sum, { content }) => sum + content.sizeBytes, 0);
    if (files.length < nodes.length || sizeBytes > mostDraggedBytes)
      throw new AppError('too_large', 'Too much for a drag', { details: { reason: 'drag_too_large' } });
    for (const { name, content } of files) {
      const decision = decideFile(
        { kind: 'file', direction: 'receive', service: 'drive', name, sizeBytes: content.sizeBytes },
        core.policy(),
      );
      if (decision.effect === 'deny') throw denial(decision);
    }
    const dragId = newId(this.#host);
    this.clear(core.accountId);
    const folder = path.join(this.#folder(core.accountId), dragId);
    const places: string[] = [];
    for (const [index, { id, name, content }] of files.entries()) {
      // Two files of different folders may have the same name.
      const own = path.join(folder, String(index));
      mkdirSync(own, { recursive: true, mode: 0o700 });
      const place = path.join(own, plainName(name));
      await core.host.files.download(core.transport, { kind: 'content', nodeId: id, content }, place, {});
      places.push(place);
    }
    this.#prepared.set(dragId, { accountId: core.accountId, places });
    return { dragId, names: files.map(({ name }) => name) };
  }

  /** The files of a drag; none for what was never prepared, or is gone. */
  places(dragId: string): readonly string[] {
    return this.#prepared.get(dragId)?.places ?? [];
  }

  /** Removes what was prepared for an account, also in an earlier run. */
  clear(accountId: string): void {
    for (const [dragId, prepared] of this.#prepared) if (prepared.accountId === accountId) this.#prepared.delete(dragId);
    rmSync(this.#folder(accountId), { recursive: true, force: true, maxRetries: 3 });
  }

  #folder(accountId: string): string {
    return path.join(this.#profile, 'accounts', accountId, 'drag');
  }
}
