import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { Database, RequestContext, Services } from '../context.ts';
import { lockDirectory, refusal, tidy, tidyText, type RunDirectoryAct } from './directory-acts.ts';
import {
  allOrganisations,
  directoryBinMs,
  insertOrganisation,
  listOrganisations,
  memberCounts,
  oneOrganisation,
  requireFreeName,
  requireLive,
  subtree,
  type OrganisationRow,
} from './organisations.ts';

export type OrganisationHandlers = Pick<Handlers<ServerContract, RequestContext>, Extract<keyof ServerContract, `organisation.${string}`>>;

/** Administrators shape the tree of organisations (ADM-05). */
export function organisationHandlers(
  services: Services,
  { runAct, announce }: { readonly runAct: RunDirectoryAct; readonly announce: (tenantId: string) => void },
): OrganisationHandlers {
  const { database, clock } = services;
  const live = async (transaction: Database, tenantId: string, id: string): Promise<[OrganisationRow[], OrganisationRow]> => {
    await lockDirectory(transaction, tenantId);
    const rows = await allOrganisations(transaction, tenantId);
    const row = rows.find((candidate) => candidate.id === id && candidate.deleted_at === null);
    if (row === undefined) throw refusal('not_found', 'organisation_unknown', id);
    return [rows, row];
  };

  return {
    'organisation.list': async ({ deleted }, { tenantId }) => ({ organisations: await listOrganisations(database, tenantId, deleted) }),

    'organisation.create': async ({ name: given, description, parentId }, context) => {
      const { tenantId } = context;
      const name = tidy(given);
      const { value } = await runAct(context, {
        action: 'organisation.create',
        asked: name,
        run: async (transaction) => {
          await lockDirectory(transaction, tenantId);
          const rows = await allOrganisations(transaction, tenantId);
          requireLive(rows, parentId);
          requireFreeName(rows, parentId, name, null);
          const id = await insertOrganisation(transaction, services, tenantId, { name, description: tidyText(description), parentId });
          return { value: await oneOrganisation(transaction, tenantId, id), target: id, details: { name, parentId } };
        },
      });
      announce(tenantId);
      return { organisation: value };
    },

    'organisation.update': async ({ id, ...given }, context) => {
      const { tenantId } = context;
      const { value, changed } = await runAct(context, {
        action: 'organisation.update',
        asked: id,
        run: async (transaction) => {
          const [rows, row] = await live(transaction, tenantId, id);
          const next = {
            name: given.name === undefined ? row.name : tidy(given.name),
            description: given.description === undefined ? row.description : tidyText(given.description),
            parent_id: given.parentId === undefined ? row.parent_id : given.parentId,
          };
          requireLive(rows, next.parent_id);
          if (next.parent_id !== null && subtree(rows, id).has(next.parent_id)) throw refusal('conflict', 'organisation_cycle', row.name);
          requireFreeName(rows, next.parent_id, next.name, id);
          const changes = Object.fromEntries(Object.entries(next).filter(([field, value]) => value !== row[field as keyof typeof next]));
          if (Object.keys(changes).length > 0) {
            await transaction.updateTable('organisations').set(next).where('tenant_id', '=', tenantId).where('id', '=', id).execute();
          }
          const details = Object.keys(changes).length === 0 ? null : { name: row.name, changes };
          return { value: await oneOrganisation(transaction, tenantId, id), target: id, details };
        },
      });
      if (changed) announce(tenantId);
      return { organisation: value };
    },

    'organisation.delete': async ({ id }, context) => {
      const { tenantId } = context;
      await runAct(context, {
        action: 'organisation.delete',
        asked: id,
        run: async (transaction) => {
          const [rows, row] = await live(transaction, tenantId, id);
          const going = [
            ...subtree(
              rows.filter((candidate) => candidate.deleted_at === null),
              id,
            ),
          ];
          const counts = await memberCounts(transaction, tenantId);
          const inhabited = going.find((one) => (counts.get(one) ?? 0) > 0);
          if (inhabited !== undefined) {
            throw refusal('conflict', 'organisation_inhabited', rows.find((candidate) => candidate.id === inhabited)!.name);
          }
          await transaction
            .updateTable('organisations')
            .set({ deleted_at: clock.now(), deleted_root_id: id })
            .where('tenant_id', '=', tenantId)
            .where('id', 'in', going)
            .execute();
          return { value: null, target: id, details: { name: row.name, organisations: going.length } };
        },
      });
      announce(tenantId);
      return {};
    },

    'organisation.restore': async ({ id }, context) => {
      const { tenantId } = context;
      const { value } = await runAct(context, {
        action: 'organisation.restore',
        asked: id,
        run: async (transaction) => {
          await lockDirectory(transaction, tenantId);
          const rows = await allOrganisations(transaction, tenantId);
          const row = rows.find((candidate) => candidate.id === id);
          if (row === undefined || row.deleted_at === null || clock.now() - row.deleted_at >= directoryBinMs) {
            throw refusal('not_found', 'organisation_unknown', id);
          }
          // What was above it may be gone: then it stands at the top.
          const parent = rows.find((candidate) => candidate.id === row.parent_id && candidate.deleted_at === null);
          const parentId = parent?.id ?? null;
          requireFreeName(rows, parentId, row.name, id);
          const back = [
            ...subtree(
              rows.filter((candidate) => candidate.deleted_root_id === row.deleted_root_id),
              id,
            ),
          ];
          const here = transaction.updateTable('organisations').where('tenant_id', '=', tenantId);
          await here.set({ deleted_at: null, deleted_root_id: null }).where('id', 'in', back).execute();
          await here.set({ parent_id: parentId }).where('id', '=', id).execute();
          const details = { name: row.name, organisations: back.length, parentId };
          return { value: await oneOrganisation(transaction, tenantId, id), target: id, details };
        },
      });
      announce(tenantId);
      return { organisation: value };
    },
  };
}
