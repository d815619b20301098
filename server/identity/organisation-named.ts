import type { Database, Services } from '../context.ts';
import { lockDirectory, refusal, tidy } from './directory-acts.ts';
import { allOrganisations, insertOrganisation, type OrganisationRow } from './organisations.ts';

const longestName = 100;

/** The names along a path such as `本社/営業部`. Throws `invalid` for an empty or too long one. */
function pathOf(text: string): string[] {
  const names = text.split(/[/／]/u).map((name) => tidy(name));
  const tooLong = names.find((name) => name.length > longestName);
  if (tooLong !== undefined) throw refusal('invalid', 'name_too_long', tooLong);
  return names;
}

/**
 * What a name or a path leads to, as far as it is there: the organisation reached, and the names that are missing below it. A single name is
 * looked for in the whole tree. Throws `conflict` where several have it, or several places fit the path.
 */
export function lookUp(
  rows: readonly OrganisationRow[],
  text: string,
): { readonly id: string | null; readonly missing: readonly string[] } {
  const live = rows.filter((row) => row.deleted_at === null);
  // A name may have a slash in it.
  const named = live.filter((row) => row.name === tidy(text));
  if (named.length === 1) return { id: named[0]!.id, missing: [] };
  const names = pathOf(text);
  const [first, ...rest] = names;
  const starts = live.filter((row) => row.name === first);
  // A path may begin below the top, as long as only one place fits the whole of it.
  const ends = starts.flatMap((start) => {
    let at: OrganisationRow | undefined = start;
    for (const name of rest) at = live.find((row) => row.parent_id === at?.id && row.name === name);
    return at === undefined ? [] : [at];
  });
  if (ends.length > 1) throw refusal('conflict', 'organisation_ambiguous', names.join('/'));
  if (ends.length === 1) return { id: ends[0]!.id, missing: [] };
  if (starts.length > 1) throw refusal('conflict', 'organisation_ambiguous', first!);
  let at = starts[0];
  if (at === undefined) return { id: null, missing: names };
  for (const [index, name] of rest.entries()) {
    const next: OrganisationRow | undefined = live.find((row) => row.parent_id === at!.id && row.name === name);
    if (next === undefined) return { id: at.id, missing: rest.slice(index) };
    at = next;
  }
  return { id: at.id, missing: [] };
}

/** The organisation of that name or path, made where it is missing. Null for none. Throws `conflict` where it is ambiguous. */
export async function organisationNamed(
  transaction: Database,
  services: Pick<Services, 'clock' | 'random'>,
  tenantId: string,
  text: string | null,
): Promise<string | null> {
  if (text === null) return null;
  await lockDirectory(transaction, tenantId);
  const { id, missing } = lookUp(await allOrganisations(transaction, tenantId), text);
  let parentId = id;
  for (const name of missing) parentId = await insertOrganisation(transaction, services, tenantId, { name, description: '', parentId });
  return parentId;
}
