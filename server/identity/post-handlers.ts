import { uuidv7 } from '#shared/base/uuid.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { PostKind } from '#shared/model/profile.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { RequestContext, Services } from '../context.ts';
import { lockDirectory, refusal, tidy, type RunDirectoryAct } from './directory-acts.ts';
import { listPosts, memberColumnOf, onePost } from './posts.ts';

export type PostHandlers = Pick<Handlers<ServerContract, RequestContext>, Extract<keyof ServerContract, `post.${string}`>>;

/** Only user types carry a template, and only one that the rules have (ADM-09). Throws `invalid`. */
function requireTemplate(policy: Policy, kind: PostKind, templateId: string | null): void {
  if (templateId === null) return;
  if (kind !== 'user_type') throw refusal('invalid', 'post_without_template', kind);
  if (!policy.permissions.templates.some(({ id }) => id === templateId)) throw refusal('invalid', 'template_unknown', templateId);
}

/** Positions, levels and user types (ADM-07). */
export function postHandlers(
  services: Services,
  { runAct, announce }: { readonly runAct: RunDirectoryAct; readonly announce: (tenantId: string) => void },
): PostHandlers {
  const { database, clock, random } = services;
  return {
    'post.list': async ({ kind }, { tenantId }) => ({ posts: await listPosts(database, tenantId, kind) }),

    'post.create': async ({ kind, name: given, templateId }, context) => {
      const { tenantId } = context;
      const name = tidy(given);
      requireTemplate(context.policy, kind, templateId);
      const { value } = await runAct(context, {
        action: 'post.create',
        asked: name,
        run: async (transaction) => {
          await lockDirectory(transaction, tenantId);
          const posts = await listPosts(transaction, tenantId, kind);
          if (posts.some((post) => post.name === name)) throw refusal('conflict', 'name_taken', name);
          const id = uuidv7(clock.now(), random(10));
          const order = posts.length === 0 ? 0 : Math.min(10_000, Math.max(...posts.map((post) => post.order)) + 1);
          const row = { tenant_id: tenantId, id, kind, name, sort_order: order, template_id: templateId, deleted_at: null };
          await transaction.insertInto('posts').values(row).execute();
          return { value: await onePost(transaction, tenantId, id), target: id, details: { kind, name, templateId } };
        },
      });
      announce(tenantId);
      return { post: value };
    },

    'post.update': async ({ id, ...given }, context) => {
      const { tenantId } = context;
      const { value, changed } = await runAct(context, {
        action: 'post.update',
        asked: id,
        run: async (transaction) => {
          await lockDirectory(transaction, tenantId);
          const before = await onePost(transaction, tenantId, id);
          const next = {
            name: given.name === undefined ? before.name : tidy(given.name),
            sort_order: given.order ?? before.order,
            template_id: given.templateId === undefined ? before.templateId : given.templateId,
          };
          requireTemplate(context.policy, before.kind, next.template_id);
          const others = await listPosts(transaction, tenantId, before.kind);
          if (others.some((post) => post.name === next.name && post.id !== id)) throw refusal('conflict', 'name_taken', next.name);
          await transaction.updateTable('posts').set(next).where('tenant_id', '=', tenantId).where('id', '=', id).execute();
          // What colleagues see of a position is its name.
          if (before.kind === 'position' && next.name !== before.name) {
            await transaction
              .updateTable('members')
              .set({ title: next.name })
              .where('tenant_id', '=', tenantId)
              .where('position_id', '=', id)
              .execute();
          }
          const after = await onePost(transaction, tenantId, id);
          const fields = (['name', 'order', 'templateId'] as const).filter((field) => before[field] !== after[field]);
          const changes = Object.fromEntries(fields.map((field) => [field, after[field]]));
          const details = fields.length === 0 ? null : { kind: before.kind, name: before.name, changes };
          return { value: after, target: id, details };
        },
      });
      // A template reaches everybody who has it through their user type: their sockets are judged again.
      if (changed) announce(tenantId);
      return { post: value };
    },

    'post.delete': async ({ id }, context) => {
      const { tenantId } = context;
      await runAct(context, {
        action: 'post.delete',
        asked: id,
        run: async (transaction) => {
          await lockDirectory(transaction, tenantId);
          const { kind, name, memberCount } = await onePost(transaction, tenantId, id);
          if (memberCount > 0) throw refusal('conflict', 'post_used', name);
          // Only the deleted may still have it; should they come back, they come without.
          const column = memberColumnOf(kind);
          const holders = transaction.updateTable('members').where('tenant_id', '=', tenantId).where(column, '=', id);
          await holders.set({ [column]: null }).execute();
          await transaction.deleteFrom('posts').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
          return { value: null, target: id, details: { kind, name } };
        },
      });
      announce(tenantId);
      return {};
    },
  };
}
