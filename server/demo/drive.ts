import type { WorkCalendar } from './calendar.ts';
import { buildDrives } from './drives/build.ts';
import { companyDrive } from './drives/company.ts';
import { designDrive } from './drives/design.ts';
import { myDrives } from './drives/mine.ts';
import { qualityDrive } from './drives/quality.ts';
import { salesDrive } from './drives/sales.ts';

/** Every drive of the demo company with its folders and files. */
export function demoDrive(calendar: WorkCalendar): ReturnType<typeof buildDrives> {
  return buildDrives([salesDrive, designDrive, qualityDrive, companyDrive, ...myDrives], calendar);
}
