import { lstatSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ownFolder } from '#shared/sync/ignore.ts';
import { folderIdentity, recoveryFolder, unmarkRoot } from '../sync/root-folder.ts';
import type { RootTask } from './journal.ts';

const noteName = 'お読みください - Read me (Hikyaku).txt';
const keptName = '以前の版 - Earlier versions (Hikyaku)';

/** A new folder beside the root, on the same volume. Throws the system's error where none can be made. */
export function makeRecoveryPlace(root: string, now: number): string {
  const date = new Date(now);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
  for (let count = 1; ; count += 1) {
    const place = `${root} (Hikyaku 回収 ${day}${count === 1 ? '' : ` ${count}`})`;
    try {
      mkdirSync(place, { mode: 0o700 });
      return place;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

const isTaken = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined;

function freeName(folder: string, name: string): string {
  const { name: stem, ext } = path.parse(name);
  for (let count = 1; ; count += 1) {
    const place = path.join(folder, count === 1 ? name : `${stem} (${count})${ext}`);
    if (!isTaken(place)) return place;
  }
}

export interface Moved {
  readonly done: number;
  readonly failed: readonly string[];
  readonly trouble: string | null;
}

/**
 * Moves all that lies in a root to its recovery place, byte for byte and without overwriting anything; a text beside it says why and whom
 * to ask. May be run again after a crash at any point.
 */
export function recoverRoot(task: RootTask, about: { readonly tenant: string; readonly memberId: string }): Moved {
  const { folder, rootId, target, identity } = task;
  if (target === null || folderIdentity(folder) !== identity) return { done: 0, failed: [], trouble: 'root_replaced' };
  unmarkRoot(folder, rootId);
  const failed: string[] = [];
  const move = (from: string, name: string): void => {
    try {
      renameSync(from, freeName(target, name));
    } catch {
      failed.push(name);
    }
  };
  mkdirSync(target, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) if (name !== ownFolder) move(path.join(folder, name), name);
  const own = path.join(folder, ownFolder);
  if (lstatSync(own, { throwIfNoEntry: false })?.isDirectory() === true) {
    const kept = recoveryFolder(folder);
    if (lstatSync(kept, { throwIfNoEntry: false })?.isDirectory() === true && readdirSync(kept).length > 0) move(kept, keptName);
  }
  const note = path.join(target, noteName);
  if (!isTaken(note)) writeFileSync(note, noteText(folder, about), { flag: 'wx' });
  return { done: task.survey.files.length, failed, trouble: failed.length === 0 ? null : 'recovery_incomplete' };
}

const noteText = (folder: string, { tenant, memberId }: { readonly tenant: string; readonly memberId: string }): string =>
  [
    'このフォルダーについて',
    '',
    `Hikyaku のアカウント ${memberId}@${tenant} がこのパソコンで使えなくなったため、会社の規則に従い、`,
    `同期していたフォルダー「${folder}」の内容をここへ移しました。ファイルは何も変わっていません。`,
    'まだサーバーへ送られていない変更もそのまま残っています。取り扱いは、会社の Hikyaku 管理者へお尋ねください。',
    '',
    'About this folder',
    '',
    `The Hikyaku account ${memberId}@${tenant} can no longer be used on this computer. As your company's rules say,`,
    `what lay in the synced folder "${folder}" was moved here. No file was changed, and changes that had not reached`,
    "the server are still in it. Please ask your company's Hikyaku administrator what to do with it.",
    '',
  ].join('\r\n');
