import { rmSync } from 'node:fs';
import path from 'node:path';
import type { ClientHost } from '#shared/client/context.ts';
import { newId } from '#shared/client/context.ts';
import type { Files } from '#shared/client/files.ts';
import { neededFiles } from '#shared/client/release-files.ts';
import type { Farewell, FolderFarewell, Occasion } from '#shared/model/farewell.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { AccountList } from '../account-list.ts';
import type { Secrets } from '../host/secrets.ts';
import type { SyncAccount } from '../sync/account.ts';
import { lockRoot } from '../sync/root-folder.ts';
import { hasOwnFolder, removeOwnFolder } from './own-folder.ts';
import { eraseRoot } from './erase-root.ts';
import { Journals, type Journal, type RootTask } from './journal.ts';
import { destroys, occasionOf } from './occasions.ts';
import { endPair, knowledgeOfAll, planFolder, rootsOf, willedRoots } from './plan-folders.ts';
import { recoverRoot } from './recover-root.ts';
import { Sealer } from './sealer.ts';
import { tellWiped, type TellOptions } from './tell-wiped.ts';
import { ToldFarewells } from './told.ts';
import { sealEdits, sealMessages, type UnsentStore } from './unsent-messages.ts';
import { readWill, writeWill, type Will } from './will.ts';

/** An account whose local part can be read. */
export interface OpenPart extends Pick<SyncAccount, 'openDatabase'> {
  policy(): Policy;
  readonly store: UnsentStore;
}

/** An account that leaves. */
export interface Leaver extends Pick<Will, 'serverUrl' | 'tenant' | 'memberId' | 'recoveryKey'> {
  readonly accountId: string;
  /** Where its databases lie; null where nothing is kept. */
  readonly folder: string | null;
  /** Null where its databases cannot be opened: then what it willed counts. */
  readonly open: OpenPart | null;
}

export interface FarewellsOptions extends TellOptions {
  readonly profile: string;
  /** Where an account's databases lie. */
  accountFolder(accountId: string): string;
  readonly deviceName: string;
  readonly host: Pick<ClientHost, 'clock' | 'random' | 'emit' | 'report'> & { readonly files: Pick<Files, 'release'> };
  readonly list: Pick<AccountList, 'remove'>;
  secrets(): Promise<{ secrets: Secrets }>;
}

const mostExamples = 20;
const tellAgainMs = 60_000;

/**
 * What becomes of an account's data on this device when it logs out, is blocked, is wiped or leaves (EXP-08, ACC-50, ACC-51). Each step is
 * written down before it is taken, so that a restart goes on where a crash, or a pulled plug, ended it.
 */
export class Farewells {
  readonly #options: FarewellsOptions;
  readonly #journals: Journals;
  readonly #told: ToldFarewells;

  constructor(options: FarewellsOptions) {
    this.#options = options;
    this.#journals = new Journals(path.join(options.profile, 'leaving'));
    this.#told = new ToldFarewells(path.join(options.profile, 'farewells.json'));
  }

  /** What people have still to be told; `seen` are those that they have read. */
  told(seen: readonly string[] = []): Farewell[] {
    if (seen.length > 0) this.#told.seen(seen);
    return this.#told.all();
  }

  /** Why an account has to leave whose farewell was interrupted; null when there is none, or only the server has to hear of it. */
  interrupted(accountId: string): string | null {
    const journal = this.#journals.get(accountId);
    return journal === null || journal.onlyTell || !destroys(journal.farewell.occasion) ? null : journal.farewell.reason;
  }

  /** Writes down what must be known should nothing of the account be readable one day. */
  remember({ folder, open, ...leaver }: Leaver): void {
    if (folder === null || open === null) return;
    const { serverUrl, tenant, memberId, recoveryKey } = leaver;
    writeWill(folder, { serverUrl, tenant, memberId, recoveryKey, fates: open.policy().syncedFolders, roots: willedRoots(open) });
  }

  /**
   * Does with its folders what the rule for that reason says, after unsent work was sealed; before wipe and leaving also unsent messages.
   * Without a reason, or for one that concerns no folder, everything stays as it is.
   * Sync must have ended its work with the account. Never rejects for what lies in a folder: that is in what people are told.
   */
  async leave(leaver: Leaver, reason: string | null): Promise<void> {
    const occasion = reason === null ? null : occasionOf(reason);
    const found = this.#journals.get(leaver.accountId);
    // A logout that is not done yet does not stand for the wipe that came after it.
    const goesOn = found !== null && (occasion === null || destroys(found.farewell.occasion) || !destroys(occasion));
    const journal = goesOn || occasion === null ? found : this.#begin(leaver, occasion, reason ?? '', found?.tasks ?? []);
    if (occasion === null || !destroys(occasion)) this.remember(leaver);
    if (journal !== null) await this.#finish(journal, leaver.open);
  }

  /** Removes all that is left of an account that was wiped or has left; the device's key last, once the server has heard of a wipe. */
  async destroy(accountId: string): Promise<void> {
    const journal = this.#journals.get(accountId);
    if (journal === null) return;
    const { secrets } = await this.#options.secrets();
    rmSync(this.#options.accountFolder(accountId), { recursive: true, force: true });
    for (const entry of ['session', 'database'] as const) await secrets.delete(accountId, entry);
    this.#options.list.remove(accountId);
    const farewell = { ...journal.farewell, erased: true };
    this.#journals.put({ ...journal, farewell, tasks: [], messagesDone: true, onlyTell: true });
    this.#told.add(farewell);
    this.#options.host.emit({ type: 'accounts.changed' });
    await this.#tell(accountId);
  }

  /** At a program's start, before any account is opened: folders that a crash left halfway. */
  async resume(): Promise<void> {
    for (const journal of this.#journals.all()) if (!journal.onlyTell) await this.#finish(journal, null, true);
  }

  /** After all accounts were taken up: what nobody can read any more goes, and the server hears of it. */
  async resumeRest(): Promise<void> {
    for (const { accountId, farewell, onlyTell } of this.#journals.all()) {
      if (onlyTell) void this.#tell(accountId).catch(this.#options.host.report);
      else if (destroys(farewell.occasion)) await this.destroy(accountId);
    }
  }

  #begin(leaver: Leaver, occasion: Occasion, reason: string, earlier: readonly RootTask[]): Journal | null {
    const { clock, random } = this.#options.host;
    const { accountId, folder, open } = leaver;
    const will = folder === null ? null : readWill(folder);
    const fate = (open === null ? will?.fates : open.policy().syncedFolders)?.[occasion] ?? 'keep';
    const ends = destroys(occasion);
    if (fate === 'keep' && !ends) return null;
    const records = open === null ? [] : rootsOf(open);
    const knowledge = open === null ? new Map() : knowledgeOfAll(open, records, open.policy());
    const roots = open === null ? (will?.roots ?? []) : records.map(({ rootId, folder: at }) => ({ rootId, folder: at, identity: null }));
    const tasks: RootTask[] = [...earlier];
    const folders: FolderFarewell[] = [];
    for (const root of roots) {
      const plan = planFolder(root, knowledge.get(root.rootId), { fate, ends, now: clock.now() });
      if ('task' in plan) tasks.push(plan.task);
      else folders.push(plan.folder);
    }
    if (!ends && tasks.length === 0) return null;
    const { serverUrl, tenant, memberId } = leaver;
    const farewell: Farewell = {
      ...{ id: newId({ clock, random }), accountId, serverUrl, tenant, memberId, occasion, reason, at: clock.now() },
      ...{ folders, messages: 0, sealedIn: null, erased: false },
    };
    const recoveryKey = leaver.recoveryKey ?? will?.recoveryKey ?? null;
    const journal = { accountId, farewell, recoveryKey, tasks, messagesDone: !ends, onlyTell: false };
    this.#journals.put(journal);
    if (open !== null) for (const { rootId } of tasks) endPair(open, rootId, folder);
    return journal;
  }

  /** @param halfway folders only: unsent messages wait until the account's part of the keychain was asked */
  async #finish(begun: Journal, open: OpenPart | null, halfway = false): Promise<void> {
    let journal = begun;
    const sealer = this.#sealer(journal);
    const keep = (change: Partial<Journal>): void => {
      journal = { ...journal, ...change };
      this.#journals.put(journal);
    };
    for (const task of begun.tasks) {
      const folder = await this.#carryOut(task, sealer, journal.farewell);
      const folders = [...journal.farewell.folders, folder];
      const sealedIn = folder.sealed > 0 ? this.#sealedIn(journal.farewell) : journal.farewell.sealedIn;
      keep({ tasks: journal.tasks.slice(1), farewell: { ...journal.farewell, folders, sealedIn } });
    }
    if (!journal.messagesDone && open !== null) {
      const { store } = open;
      const edits = await sealEdits(open.openDatabase, sealer);
      const messages = (await sealMessages(store, sealer)) + edits;
      const sealedIn = messages > 0 && journal.recoveryKey !== null ? this.#sealedIn(journal.farewell) : journal.farewell.sealedIn;
      keep({ messagesDone: true, farewell: { ...journal.farewell, messages, sealedIn } });
      const { files, report } = this.#options.host;
      for (const reference of neededFiles(store)) await files.release?.(reference).catch(report);
    }
    if (destroys(journal.farewell.occasion) || (halfway && journal.tasks.length > 0)) return;
    this.#told.add(journal.farewell);
    this.#journals.remove(journal.accountId);
    this.#options.host.emit({ type: 'accounts.changed' });
  }

  async #carryOut(task: RootTask, sealer: Sealer, about: Farewell): Promise<FolderFarewell> {
    const { folder, fate, target, survey } = task;
    const result = { folder, fate, movedTo: target };
    let unlock: (() => void) | null = null;
    try {
      if (!hasOwnFolder(folder)) return { ...result, ...nothingDone, movedTo: null, trouble: 'root_replaced' };
      unlock = lockRoot(folder);
      if (unlock === null) return { ...result, ...nothingDone, movedTo: null, trouble: 'root_in_use' };
      const outcome = fate === 'erase' ? await eraseRoot(task, sealer) : { ...recoverRoot(task, about), sealed: 0 };
      unlock();
      unlock = null;
      if (outcome.trouble === null) removeOwnFolder(folder, outcome.failed);
      const left = [...outcome.failed, ...(fate === 'erase' ? survey.stays : [])];
      const { done, sealed, trouble } = outcome;
      return { ...result, done, sealed, stayed: left.length, examples: left.slice(0, mostExamples), trouble };
    } catch (error) {
      this.#options.host.report(error);
      return { ...result, ...nothingDone, trouble: 'root_not_writable' };
    } finally {
      unlock?.();
    }
  }

  #sealer({ farewell, recoveryKey }: Journal): Sealer {
    const { deviceName: device, host } = this.#options;
    const { tenant, memberId: member, reason } = farewell;
    return new Sealer({
      folder: this.#sealedIn(farewell),
      recoveryKey,
      facts: { tenant, member, device, reason },
      now: () => host.clock.now(),
      report: host.report,
    });
  }

  #sealedIn({ at, id }: Farewell): string {
    return path.join(this.#options.profile, 'sealed', `${new Date(at).toISOString().slice(0, 10)}-${id.slice(-8)}`);
  }

  async #tell(accountId: string): Promise<void> {
    const journal = this.#journals.get(accountId);
    if (journal === null) return;
    const { secrets } = await this.#options.secrets();
    const { serverUrl, occasion } = journal.farewell;
    const heard = occasion === 'leave' || (await tellWiped(this.#options, secrets, { accountId, serverUrl }));
    if (!heard) {
      this.#options.host.clock.after(tellAgainMs, () => void this.#tell(accountId).catch(this.#options.host.report));
      return;
    }
    await secrets.delete(accountId, 'device_key');
    this.#journals.remove(accountId);
  }
}

const nothingDone = { done: 0, sealed: 0, stayed: 0, examples: [] };
