import type { WorkCalendar } from './calendar.ts';
import { buildRooms } from './conversations/build.ts';
import { companyRooms } from './conversations/company.ts';
import { factoryRooms } from './conversations/factory.ts';
import { floorRooms } from './conversations/floor.ts';
import { privateRooms } from './conversations/private.ts';
import { qualityRooms } from './conversations/quality.ts';
import { salesRooms } from './conversations/sales.ts';
import type { DemoMember, DemoOrganisation, DemoRoom } from './types.ts';

/** Every room of the demo company with its messages and how far each member has read. */
export function demoConversations(
  members: readonly DemoMember[],
  organisations: readonly DemoOrganisation[],
  calendar: WorkCalendar,
): readonly DemoRoom[] {
  return buildRooms(
    [...companyRooms, ...salesRooms, ...factoryRooms, ...qualityRooms, ...floorRooms, ...privateRooms],
    members,
    organisations,
    calendar,
  );
}
