import { expect, test } from 'vitest';
import { DenyReason } from '#shared/model/decision.ts';
import { failureReason } from '../electron/agent/sync/failures.ts';
import type { PairEnd } from '../electron/agent/sync/pair-ends.ts';
import type { PlaceRefusal } from '../electron/agent/sync/places.ts';
import type { Halt } from '../electron/agent/sync/root-engine.ts';
import { syncReasons } from '../renderer/app/texts/sync-reasons.ts';

const texts = Object.keys(syncReasons.ja);
const missing = (prefix: string, codes: readonly string[]) => codes.filter((code) => !texts.includes(`${prefix}${code}`));

test('every reason for which the agent stops a folder has a title and what to do', () => {
  // Typed, so that a new one is noticed here before a person meets it.
  const halts: Record<Halt, true> = {
    root_missing: true,
    root_replaced: true,
    root_in_use: true,
    root_nested: true,
    root_not_writable: true,
    mass_delete: true,
    mass_rewrite: true,
    too_many_pcs: true,
    server_reset: true,
    access_lost: true,
    service_denied: true,
    disk_full: true,
  };
  const ends: Record<PairEnd, true> = {
    drive_lost: true,
    edit_right_lost: true,
    drive_folder_deleted: true,
    drive_folder_nested: true,
    folder_deleted: true,
  };
  const codes = [...Object.keys(halts), ...Object.keys(ends), 'mass_delete_here', 'mass_delete_there', 'watch_limit'];
  expect([...missing('guardPlain_', codes), ...missing('guardMore_', codes)]).toEqual([]);
});

test('every place that cannot be synced is explained', () => {
  const refusals: Record<PlaceRefusal, true> = {
    place_missing: true,
    place_not_writable: true,
    place_is_system: true,
    place_is_home: true,
    place_known_folder: true,
    place_nested: true,
    place_in_use: true,
    place_other_sync: true,
    place_name: true,
    place_removable: true,
    place_network: true,
    place_virtual: true,
  };
  expect(missing('', [...Object.keys(refusals), 'too_many_roots', 'too_many_pcs', 'space_in_use', 'drive_folder_nested'])).toEqual([]);
});

test('what a disk refuses, what a name cannot be and what the rules forbid say why and what to do', () => {
  const errnos = ['ENOSPC', 'EACCES', 'EBUSY', 'ENAMETOOLONG', 'ENOENT', 'EIO'];
  const ofDisk = errnos.map((code) => failureReason(Object.assign(new Error(code), { code })).reason);
  const ofNames = ['name_empty', 'name_too_long', 'name_reserved', 'name_characters', 'name_mapped', 'name_taken', 'name_taken_here'];
  const ofFiles = ['extension_blocked', 'permission_missing', 'session_ended'].map((reason) => DenyReason.parse(reason));
  const ofPlans = [
    'folder_unreadable',
    'server_answer_incomplete',
    'foreign_inside',
    'not_a_file',
    'not_readable',
    'both_changed',
    'not_empty',
  ];
  const ofTransfers = ['file_changed', 'file_missing', 'file_unreadable', 'chunk_damaged', 'chunk_missing', 'missing_chunks'];
  const codes = [...ofDisk, ...ofNames, ...ofFiles, ...ofPlans, ...ofTransfers];
  expect([...missing('why_', codes), ...missing('fix_', codes)]).toEqual([]);
});
