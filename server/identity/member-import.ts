import { z } from 'zod';
import { AppError, reasonOf } from '#shared/base/errors.ts';
import type { Handlers, InputOf } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { MemberId } from '#shared/model/member.ts';
import type { Post, PostKind } from '#shared/model/profile.ts';
import type { Database, RequestContext, Services } from '../context.ts';
import { refusal, tidy, tidyText, type RunDirectoryAct } from './directory-acts.ts';
import type { FirstPasswordLinks } from './first-password.ts';
import { generatePassword } from './generate-password.ts';
import { requireAct } from './member-acts.ts';
import type { GivenFields } from './member-fields.ts';
import { makeMember } from './member-make.ts';
import { findMember } from './members.ts';
import { lookUp } from './organisation-named.ts';
import { allOrganisations, type OrganisationRow } from './organisations.ts';
import { hashPassword } from './passwords.ts';
import { listPosts, usesPosts } from './posts.ts';

export type MemberImport = Pick<Handlers<ServerContract, RequestContext>, 'member.import'>;
type Row = InputOf<ServerContract, 'member.import'>['rows'][number];
type Result = Awaited<ReturnType<MemberImport['member.import']>>['results'][number];
/** What is wrong with a line: the field, why, and what stands there. */
type Fault = NonNullable<Result['fault']>;

/** What all lines are judged by, read once. */
interface Known {
  readonly taken: ReadonlySet<string>;
  readonly reserved: ReadonlySet<string>;
  readonly organisations: readonly OrganisationRow[];
  readonly posts: readonly Post[];
}

const Name = z.string().min(1).max(100);
const Email = z.email().max(200);

export interface ImportOptions {
  readonly runAct: RunDirectoryAct;
  readonly announce: (tenantId: string) => void;
  readonly links: FirstPasswordLinks;
}

/** Many members at once from a file (ADM-03): all lines are judged before the first is made, and each is made for itself. */
export function memberImportHandlers(services: Services, { runAct, announce, links }: ImportOptions): MemberImport {
  const { database, random } = services;

  const makeOne = async (context: RequestContext, row: Row, posts: readonly Post[], mailLink: boolean): Promise<Result> => {
    const memberId = row.memberId.trim();
    const password = mailLink ? null : generatePassword(random);
    const passwordHash = password === null ? null : await hashPassword(password);
    const { value } = await runAct(context, {
      action: 'member.create',
      asked: memberId,
      run: async (transaction) => {
        const { name, reading, fields } = fieldsOf(row, posts);
        const who = { memberId, name, reading, fields, role: 'member', roleId: null, state: 'active' } as const;
        const id = await makeMember(transaction, services, context, { ...who, passwordHash, passwordDue: 'initial' });
        const link = mailLink ? await links.issue(transaction, context, await findMember(transaction, context.tenantId, id)) : null;
        const details = { memberId, role: 'member', imported: true, ...(link === null ? {} : { link: link.kind }) };
        return { value: link, target: id, details };
      },
    });
    return { memberId, fault: null, made: true, password, link: value?.kind === 'shown' ? value.url : null };
  };

  return {
    'member.import': async ({ rows, commit, mailLink }, context) => {
      const { tenantId, policy } = context;
      await runAct(context, {
        action: 'member.import',
        asked: `${rows.length}`,
        run: async () => {
          requireAct(context, 'profile', 'member');
          return { value: null, target: `${rows.length}`, details: commit ? { lines: rows.length } : null };
        },
      });
      const known = await readKnown(database, services, tenantId);
      const uses = (kind: PostKind): boolean => usesPosts(policy, kind);
      const seen = new Set<string>();
      const faults = rows.map((row) => {
        const fault = judge(row, known, seen, uses);
        seen.add(row.memberId.trim());
        return fault;
      });
      const results: Result[] = [];
      for (const [index, row] of rows.entries()) {
        const fault = faults[index] ?? null;
        const memberId = row.memberId.trim();
        if (fault !== null || !commit) results.push({ memberId, fault, made: false, password: null });
        else results.push(await makeOne(context, row, known.posts, mailLink).catch((error: unknown) => failed(memberId, error)));
      }
      if (results.some(({ made }) => made)) announce(tenantId);
      return { results };
    },
  };
}

/** A line that was good when it was judged, and is not any more: somebody else was quicker. */
function failed(memberId: string, error: unknown): Result {
  if (!(error instanceof AppError) || error.code === 'internal') throw error;
  return { memberId, fault: { field: 'memberId', reason: reasonOf(error) ?? error.code, subject: memberId }, made: false, password: null };
}

async function readKnown(database: Database, { clock }: Pick<Services, 'clock'>, tenantId: string): Promise<Known> {
  const members = await database.selectFrom('members').select('member_id').where('tenant_id', '=', tenantId).execute();
  const reserved = await database
    .selectFrom('reserved_member_ids')
    .select('member_id')
    .where('tenant_id', '=', tenantId)
    .where('until', '>', clock.now())
    .execute();
  return {
    taken: new Set(members.map((row) => row.member_id)),
    reserved: new Set(reserved.map((row) => row.member_id)),
    organisations: await allOrganisations(database, tenantId),
    posts: await listPosts(database, tenantId),
  };
}

/** What is wrong with a line, or null. `seen` are the ids of the lines before it. */
function judge(row: Row, known: Known, seen: ReadonlySet<string>, uses: (kind: PostKind) => boolean): Fault | null {
  const memberId = row.memberId.trim();
  const fault = (field: keyof Row, reason: string, subject: string): Fault => ({ field, reason, subject });
  if (memberId === '') return fault('memberId', 'field_missing', 'memberId');
  if (!MemberId.safeParse(memberId).success) return fault('memberId', 'member_id_invalid', memberId);
  if (seen.has(memberId)) return fault('memberId', 'member_twice', memberId);
  if (known.taken.has(memberId)) return fault('memberId', 'member_exists', memberId);
  if (known.reserved.has(memberId)) return fault('memberId', 'member_id_reserved', memberId);
  for (const field of ['name', 'reading'] as const) {
    if (row[field].trim() === '') return fault(field, 'field_missing', field);
    if (!isName(row[field])) return fault(field, 'name_invalid', row[field]);
  }
  if (row.title.trim() !== '' && !isName(row.title)) return fault('title', 'name_invalid', row.title);
  const email = row.email.trim();
  if (email !== '' && !Email.safeParse(email).success) return fault('email', 'email_invalid', email);
  for (const [field, kind] of [
    ['level', 'level'],
    ['userType', 'user_type'],
  ] as const) {
    const name = row[field].trim();
    if (name === '') continue;
    if (!uses(kind)) return fault(field, 'posts_unused', kind);
    if (postNamed(known.posts, kind, name) === undefined) return fault(field, 'post_unknown', name);
  }
  for (const [field, longest] of [
    ['phone', 40],
    ['mobile', 40],
    ['workplace', 100],
  ] as const) {
    if (tidyText(row[field]).length > longest) return fault(field, 'text_too_long', String(longest));
  }
  return judgePlace(row, known);
}

/** A name or a path such as `本社/営業部`; what is missing of it is made, what is ambiguous is not guessed. */
function judgePlace(row: Row, { organisations }: Known): Fault | null {
  if (row.organisation.trim() === '') return null;
  try {
    lookUp(organisations, row.organisation);
    return null;
  } catch (error) {
    return { field: 'organisation', reason: reasonOf(error) ?? 'name_invalid', subject: row.organisation };
  }
}

function isName(text: string): boolean {
  try {
    return Name.safeParse(tidy(text)).success;
  } catch {
    return false;
  }
}

const postNamed = (posts: readonly Post[], kind: PostKind, name: string): Post | undefined =>
  posts.find((post) => post.kind === kind && post.name === name.normalize('NFC'));

function fieldsOf(row: Row, posts: readonly Post[]): { name: string; reading: string; fields: GivenFields } {
  const given = (text: string): string | null => (text.trim() === '' ? null : text.trim());
  const post = (kind: PostKind, text: string): string | undefined => {
    const name = given(text);
    if (name === null) return undefined;
    const found = postNamed(posts, kind, name);
    if (found === undefined) throw refusal('conflict', 'post_unknown', name);
    return found.id;
  };
  const fields: GivenFields = {
    organisation: given(row.organisation),
    title: given(row.title),
    email: given(row.email),
    levelId: post('level', row.level),
    userTypeId: post('user_type', row.userType),
    profile: { phone: tidyText(row.phone), mobile: tidyText(row.mobile), workplace: tidyText(row.workplace) },
  };
  return { name: tidy(row.name), reading: tidy(row.reading), fields };
}
