import type { AppendAudit, Services } from '../context.ts';
import type { PolicyReader } from '../store/policies.ts';
import { sweepGoneSpaces } from './destroy-spaces.ts';
import { sweepMyDrives } from './sweep-my-drives.ts';
import { sweepTrash } from './sweep-trash.ts';
import { makeVersionSweep } from './sweep-versions.ts';

/** What time does to drives (DRV-09, DRV-10, DRV-18), by its name in the log; each to be called now and then. */
export function driveSweeps(
  services: Pick<Services, 'database' | 'clock'>,
  options: { readonly audit: AppendAudit; readonly policies: Pick<PolicyReader, 'current'> },
): Readonly<Record<string, () => Promise<void>>> {
  return {
    'the trash of drives': () => sweepTrash(services, options),
    'earlier versions': makeVersionSweep(services, options.policies),
    "members' own drives": () => sweepMyDrives(services, options),
    'drives that are gone': () => sweepGoneSpaces(services),
  };
}
