import type { WorkCalendar } from '../calendar.ts';
import { seededRandom, type Random } from '../random.ts';
import type { DemoMember, DemoMessage, DemoOrganisation, DemoRoom } from '../types.ts';
import type { Line, RoomScript } from './script.ts';

function mentionsIn(text: string, members: readonly DemoMember[]): DemoMessage['mentions'] {
  if (text.includes('@All')) return 'all';
  return members.filter((member) => text.includes(`@${member.surname} ${member.givenName}`)).map((member) => member.id);
}

function messageOf(line: Line, index: number, members: readonly DemoMember[], calendar: WorkCalendar): DemoMessage {
  const [workingDay, clock, authorId, draft, more] = line;
  const file = more?.file;
  const text = draft.replace(/\{([+-]?\d+)\}/g, (_, day: string) => calendar.label(Number(day)));
  return {
    authorId,
    sentAt: calendar.at(workingDay, clock),
    text,
    mentions: mentionsIn(text, members),
    replyTo: more?.quotes === undefined ? null : index - more.quotes,
    attachment: file === undefined ? null : { name: file[0], mediaType: file[1].mediaType, bytes: () => file[1].bytes() },
  };
}

/** An organisation and everything below it. */
function subtree(organisationId: string, organisations: readonly DemoOrganisation[]): ReadonlySet<string> {
  const found = new Set([organisationId]);
  for (const organisation of organisations) {
    if (organisation.parentId !== null && found.has(organisation.parentId)) found.add(organisation.id);
  }
  return found;
}

function membersOf(script: RoomScript, members: readonly DemoMember[], organisations: readonly DemoOrganisation[]): readonly string[] {
  if (script.organisationId !== undefined) {
    const below = subtree(script.organisationId, organisations);
    return members.filter((member) => below.has(member.organisationId)).map((member) => member.id);
  }
  return script.memberIds === 'all' ? members.map((member) => member.id) : (script.memberIds ?? []);
}

/** How far each member has read: never behind her own last message, otherwise as the script says or, now and then, a little behind. */
function readCounts(script: RoomScript, memberIds: readonly string[], random: Random): ReadonlyMap<string, number> {
  const total = script.lines.length;
  return new Map(
    memberIds.map((id) => {
      const lastOwn = script.lines.findLastIndex((line) => line[2] === id) + 1;
      const named = script.unread?.[id];
      const lags = script.kind !== 'self' && named === undefined && script.unread !== undefined && random.next() < 0.4;
      const unread = named ?? (lags ? random.between(1, 5) : 0);
      return [id, Math.max(lastOwn, total - unread)];
    }),
  );
}

/** Makes rooms of written conversations. */
export function buildRooms(
  scripts: readonly RoomScript[],
  members: readonly DemoMember[],
  organisations: readonly DemoOrganisation[],
  calendar: WorkCalendar,
): readonly DemoRoom[] {
  const random = seededRandom(20_260);
  return scripts.map((script) => {
    const memberIds = membersOf(script, members, organisations);
    const leaderId = organisations.find((organisation) => organisation.id === script.organisationId)?.leaderId;
    const masterIds = leaderId === undefined ? (script.masterIds ?? []) : [leaderId];
    return {
      id: script.id,
      kind: script.kind,
      name: script.name ?? null,
      organisationId: script.organisationId ?? null,
      memberIds,
      masterIds,
      createdBy: masterIds[0] ?? memberIds[0] ?? 'admin',
      createdAt: calendar.at(-40, '09:00'),
      messages: script.lines.map((line, index) => messageOf(line, index, members, calendar)),
      readCounts: readCounts(script, memberIds, random),
    };
  });
}
