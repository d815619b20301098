import { sql } from 'kysely';
import type { InputOf } from '#shared/contract/operation.ts';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { escapedLike } from '../store/like.ts';
import type { Database } from '../context.ts';
import { administeredQuery, toAdministered } from './members.ts';

/** How far katakana stand behind hiragana. */
const kanaStep = 0x60;

/** A reading is found in hiragana and in katakana of any width, with and without spaces, whichever of them was entered. */
function readingForms(text: string): readonly string[] {
  const bare = text.normalize('NFKC').toLowerCase().replace(/\s+/gu, '');
  const shifted = (letters: RegExp, by: number): string =>
    bare.replace(letters, (letter) => String.fromCharCode(letter.charCodeAt(0) + by));
  return [...new Set([shifted(/[ぁ-ゖ]/gu, kanaStep), shifted(/[ァ-ヶ]/gu, -kanaStep)])].filter((form) => form !== '');
}

export type MemberFilter = Omit<InputOf<ServerContract, 'member.list'>, 'after' | 'limit'>;

/** Those whom a filter keeps (ADM-03): its parts join with "and"; `text` is looked for in name, reading, member id and e-mail address. */
export function filteredMembers(database: Database, tenantId: string, filter: MemberFilter) {
  const { text, states, organisationId, roles, appBlocked } = filter;
  let query = administeredQuery(database, tenantId);
  if (text !== undefined && text !== '') {
    const wanted = text.normalize('NFC').toLowerCase();
    const holding = (part: string): string => `%${escapedLike(part)}%`;
    const found = (column: 'name' | 'member_id' | 'email') =>
      sql<boolean>`lower(${sql.ref(`members.${column}`)}) like ${holding(wanted)} escape '\\'`;
    const bareReading = sql`replace(replace(lower(${sql.ref('members.reading')}), ' ', ''), '　', '')`;
    const readings = readingForms(text).map((form) => sql<boolean>`${bareReading} like ${holding(form)} escape '\\'`);
    query = query.where((where) => where.or([found('name'), found('member_id'), found('email'), ...readings]));
  }
  if (states !== undefined && states.length > 0) query = query.where('members.state', 'in', states);
  if (organisationId !== undefined) query = query.where('members.organisation_id', '=', organisationId);
  if (roles !== undefined && roles.length > 0) query = query.where('members.role', 'in', roles);
  if (appBlocked !== undefined) query = query.where('members.app_blocked', '=', appBlocked ? 1 : 0);
  return query;
}

/** A page of members in the order of their member ids, from after `after` on, and how many there are on all pages. */
export async function pageOfMembers(
  database: Database,
  tenantId: string,
  { after, limit, ...filter }: InputOf<ServerContract, 'member.list'>,
): Promise<{ members: AdministeredMember[]; complete: boolean; total: number }> {
  const all = filteredMembers(database, tenantId, filter);
  const { total } = await all
    .clearSelect()
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const page = after === undefined ? all : all.where('members.member_id', '>', after);
  const rows = await page
    .orderBy('members.member_id')
    .limit(limit + 1)
    .execute();
  return { members: rows.slice(0, limit).map((row) => toAdministered(row)), complete: rows.length <= limit, total: Number(total) };
}
