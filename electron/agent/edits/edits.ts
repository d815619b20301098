import { chmodSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '#shared/base/errors.ts';
import type { AccountCore } from '#shared/client/account.ts';
import { newId, type ClientHost } from '#shared/client/context.ts';
import type { DesktopFiles, Edit as Shown } from '#shared/client/desktop-files.ts';
import type { Node } from '#shared/model/drive.ts';
import { decideFile } from '#shared/policy/decide-file.ts';
import { denial } from '#shared/policy/denial.ts';
import type { OpenAccount } from '../live-account.ts';
import { conflictLabel } from '../sync/conflict-label.ts';
import type { StartWatching } from '../sync/watch.ts';
import { Edit, unsentOf } from './edit.ts';
import { accountFolders, editsFolder, makeFolder, readRecords, removeEdit, type EditRecord } from './edit-record.ts';
import { plainName } from './plain-name.ts';
import { Stowed, stowedDatabase } from './stowed.ts';

export interface EditsOptions {
  readonly profile: string;
  readonly host: Pick<ClientHost, 'clock' | 'random' | 'emit' | 'report'>;
  readonly deviceName: string;
  readonly watch: StartWatching;
  /** Opens a file in the system's program. Throws where there is none. */
  openPlace(place: string): Promise<void>;
}

/** A copy that an earlier run left and that holds nothing new is removed after this, in milliseconds. */
const oldMs = 24 * 60 * 60 * 1_000;

interface OpenOne extends Pick<OpenAccount, 'core' | 'openDatabase' | 'folder'> {
  readonly root: string;
  readonly edits: Map<string, Edit>;
  readonly unwatch: () => void;
  /** What is done with all of them runs one after the other. */
  turn: Promise<void>;
}

/**
 * Files of Drive that are open in other programs. Copies lie in folders of their own under the profile, for this person only; when the account
 * locks or ends they go, and what was not sent yet is kept under the account's key until it opens again.
 */
export class Edits implements Pick<DesktopFiles, 'open' | 'edits' | 'close'> {
  readonly #options: EditsOptions;
  readonly #accounts = new Map<string, OpenOne>();

  constructor(options: EditsOptions) {
    this.#options = options;
  }

  /** An account opened: what was open when it closed goes on. */
  opened({ core, openDatabase, folder }: OpenAccount): void {
    const { accountId } = core;
    if (this.#accounts.has(accountId)) return;
    const one: OpenOne = {
      core,
      openDatabase,
      folder,
      root: editsFolder(this.#options.profile, accountId),
      edits: new Map(),
      unwatch: core.watch((happening) => {
        if (happening.type !== 'connection') return;
        if (happening.state === 'online') this.#inTurn(one, () => this.#goOn(one));
        if (happening.state === 'locked') this.#inTurn(one, () => this.#stow(one));
      }),
      turn: Promise.resolve(),
    };
    this.#accounts.set(accountId, one);
    this.#inTurn(one, () => this.#takeUp(one));
  }

  /** An account closes. @param why it may not be used any more; null where only the program ends or its other parts wait */
  async closing(accountId: string, why: string | null): Promise<void> {
    const one = this.#accounts.get(accountId);
    if (one === undefined) return;
    this.#accounts.delete(accountId);
    one.unwatch();
    this.#inTurn(one, async () => {
      if (why !== null) await this.#stow(one);
      for (const edit of one.edits.values()) await edit.stop();
    });
    await one.turn;
  }

  /** Sends what is not sent yet, as far as `signal` lets it. */
  async sendRest(accountId: string, signal: AbortSignal): Promise<void> {
    const one = this.#accounts.get(accountId);
    if (one === undefined) return;
    const given = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([given, Promise.all([...one.edits.values()].map((edit) => edit.retry()))]);
  }

  /** Copies of accounts that nobody is logged in to, as a crash leaves them: what holds nothing new goes. */
  async sweep(): Promise<void> {
    for (const accountId of accountFolders(this.#options.profile)) {
      const root = editsFolder(this.#options.profile, accountId);
      for (const record of readRecords(root)) {
        if (!this.#accounts.has(accountId) && (await unsentOf(root, record)).length === 0) removeEdit(root, record.id);
      }
    }
  }

  /** The person came back, or the machine woke up: watchers may have missed something. */
  look(): void {
    for (const { edits } of this.#accounts.values()) for (const edit of edits.values()) void edit.look();
  }

  edits(accountId: string): Shown[] {
    return [...(this.#accounts.get(accountId)?.edits.values() ?? [])].map((edit) => edit.shown());
  }

  async open(core: AccountCore, nodeId: string, holds = false): Promise<string> {
    const one = this.#find(core.accountId);
    const { node } = await core.server['drive.node']({ nodeId });
    const { content, name } = node;
    if (content === null) throw new AppError('invalid', 'A folder cannot be opened so');
    const decision = decideFile(
      { kind: 'file', direction: 'receive', service: 'drive', name, sizeBytes: content.sizeBytes },
      core.policy(),
    );
    if (decision.effect === 'deny') throw denial(decision);
    const known = [...one.edits.values()].find(({ record }) => record.files[record.diskName]?.nodeId === nodeId);
    if (known !== undefined && (known.record.files[known.record.diskName]?.version === node.version || (await known.unsent()).length > 0)) {
      await this.#openPlace(known);
      return known.record.id;
    }
    return this.#fetch(one, node, holds);
  }

  async close(accountId: string, editId: string, discard = false): Promise<void> {
    const one = this.#find(accountId);
    const edit = one.edits.get(editId);
    if (edit === undefined) throw new AppError('not_found', 'No such edit');
    if (!discard) {
      await edit.retry();
      const { state, reason, subject } = edit.shown();
      if ((await edit.unsent()).length > 0) {
        const why = state === 'failed' && reason !== null ? { reason, subject } : { reason: 'edit_unsent', subject: edit.record.name };
        throw new AppError('conflict', 'What was written is not sent yet', { details: why });
      }
    }
    await this.#end(one, edit);
  }

  async #fetch(one: OpenOne, node: Node, holds: boolean): Promise<string> {
    const { core, root } = one;
    const { clock, random } = this.#options.host;
    const content = node.content!;
    const permission = node.permission ?? core.store.spaces.get(node.spaceId)?.permission ?? 'read';
    const isHeld = node.lock != null && node.lock.by !== core.memberId && node.lock.until > clock.now();
    const readOnly = permission === 'read' || isHeld;
    const id = newId({ clock, random });
    const diskName = plainName(node.name);
    const file = { nodeId: node.id, spaceId: node.spaceId, version: node.version, contentHash: content.contentHash };
    const record: EditRecord = {
      ...{ id, nodeId: node.id, spaceId: node.spaceId, parentId: node.parentId ?? '', name: node.name, diskName, readOnly },
      ...{ holdsLock: false, openedAt: clock.now(), files: { [diskName]: file } },
    };
    const place = path.join(makeFolder(root, id), diskName);
    const edit = this.#make(one, record, 'fetching');
    try {
      await core.host.files.download(core.transport, { kind: 'content', nodeId: node.id, content }, place, {});
      chmodSync(place, readOnly ? 0o400 : 0o600);
      edit.update({ holdsLock: holds && !readOnly && (await this.#hold(core, node)) });
      await edit.start();
      await this.#openPlace(edit);
    } catch (error) {
      await this.#end(one, edit);
      throw error;
    }
    return id;
  }

  #make(one: OpenOne, record: EditRecord, state?: Shown['state']): Edit {
    const { host, deviceName, watch } = this.#options;
    const { accountId } = one.core;
    const edit: Edit = new Edit(
      {
        core: one.core,
        host,
        root: one.root,
        watch,
        label: () => conflictLabel(deviceName, host.clock.now()),
        onChange: () => host.emit({ type: 'edits.changed', accountId }),
        onLetGo: () => void this.close(accountId, record.id).catch(() => undefined),
      },
      record,
      state,
    );
    one.edits.set(record.id, edit);
    host.emit({ type: 'edits.changed', accountId });
    return edit;
  }

  async #openPlace(edit: Edit): Promise<void> {
    await this.#options.openPlace(path.join(edit.folder, edit.record.diskName)).catch((cause: unknown) => {
      throw new AppError('conflict', 'Nothing opens this file', { cause, details: { reason: 'no_program', subject: edit.record.name } });
    });
  }

  /** DRV-15: nobody else changes it meanwhile. Where that is not granted, it is opened without. */
  async #hold(core: AccountCore, node: Node): Promise<boolean> {
    if (node.lock != null) return false;
    return core.drive.lock(node.spaceId, node.id).then(
      () => true,
      () => false,
    );
  }

  async #end(one: OpenOne, edit: Edit): Promise<void> {
    const { id, holdsLock, spaceId, nodeId } = edit.record;
    one.edits.delete(id);
    await edit.stop();
    removeEdit(one.root, id);
    if (holdsLock) await one.core.drive.unlock(spaceId, nodeId).catch(() => undefined);
    this.#options.host.emit({ type: 'edits.changed', accountId: one.core.accountId });
  }

  /** What an earlier run left: watched again, but for what is old and holds nothing new. */
  async #takeUp(one: OpenOne): Promise<void> {
    const { clock } = this.#options.host;
    for (const record of readRecords(one.root)) {
      const edit = this.#make(one, record);
      await edit.start();
      if (clock.now() - record.openedAt > oldMs && (await edit.unsent()).length === 0) await this.#end(one, edit);
    }
    await this.#goOn(one);
  }

  /** The server answers: what was put away comes back, and what waits is sent. */
  async #goOn(one: OpenOne): Promise<void> {
    if (!one.core.isOnline()) return;
    const stowed = this.#stowed(one);
    for (const record of stowed?.records() ?? []) {
      await stowed!.giveBack(record, one.root);
      const edit = one.edits.get(record.id) ?? this.#make(one, record);
      edit.update({});
      await edit.start();
      stowed!.remove(record.id);
      // Its program is long gone: once it is sent nothing of it stays.
      void edit.retry().then(async () => (await edit.unsent()).length === 0 && this.#end(one, edit));
    }
    stowed?.close();
    for (const edit of one.edits.values()) void edit.retry();
  }

  /** Nobody may see it now: what is not sent goes under the account's key, everything else away. What cannot be kept so stays where it is. */
  async #stow(one: OpenOne): Promise<void> {
    const stowed = one.edits.size === 0 ? null : this.#stowed(one);
    for (const edit of [...one.edits.values()]) {
      await edit.stop();
      one.edits.delete(edit.record.id);
      const unsent = await edit.unsent();
      if (unsent.length > 0 && stowed === null) continue;
      try {
        if (unsent.length > 0) await stowed?.put(edit.record, one.root, unsent);
        removeEdit(one.root, edit.record.id);
      } catch (error) {
        this.#options.host.report(error);
      }
    }
    stowed?.close();
    this.#options.host.emit({ type: 'edits.changed', accountId: one.core.accountId });
  }

  /** Null where nothing under a key survives. */
  #stowed({ folder, openDatabase }: OpenOne): Stowed | null {
    return folder === null ? null : new Stowed(openDatabase(stowedDatabase));
  }

  #inTurn(one: OpenOne, work: () => Promise<void>): void {
    one.turn = one.turn.then(work).catch(this.#options.host.report);
  }

  #find(accountId: string): OpenOne {
    const one = this.#accounts.get(accountId);
    if (one === undefined) throw new AppError('unavailable', 'The account is closed');
    return one;
  }
}
