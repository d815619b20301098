import { workCalendar } from './calendar.ts';
import { demoConversations } from './conversations.ts';
import { demoDrive } from './drive.ts';
import { companyName, demoOrganisations } from './organisations.ts';
import { demoMembers } from './people.ts';
import type { DemoCompany } from './types.ts';

/**
 * Describes the demo company: an invented maker of conveyors with its people, organisations, three weeks of talk, and
 * drives. Pure: the same `now` (epoch milliseconds) gives the same company, byte for byte; no time in it is after `now`.
 */
export function demoCompany(now: number): DemoCompany {
  const calendar = workCalendar(now);
  const organisations = demoOrganisations();
  const members = demoMembers();
  return {
    name: companyName,
    organisations,
    members,
    rooms: demoConversations(members, organisations, calendar),
    ...demoDrive(calendar),
  };
}
