import { AppError } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { PlacedNode } from '#shared/contract/drive.ts';
import type { Handlers, InputOf } from '#shared/contract/operation.ts';
import type { DriveContract } from '#shared/contract/drive.ts';
import { deny } from '#shared/model/decision.ts';
import type { Link } from '#shared/model/link.ts';
import type { LinkScope } from '#shared/model/rules-drive.ts';
import { denial } from '#shared/policy/denial.ts';
import type { Reader } from '../content/access.ts';
import { noteActivity } from '../content/activities.ts';
import { judgeReceipt } from '../content/judge.ts';
import type { AppendAudit, Database, RequestContext, Services } from '../context.ts';
import type { Sealer } from '../store/secrets.ts';
import type { LinkAccesses } from './accesses.ts';
import { dismissBrowsers } from './browsers.ts';
import { plainMail } from './codes.ts';
import type { LinkEnds } from './end-links.ts';
import { linkedNode, type LinkedNode } from './linked-node.ts';
import { hashToken, newToken, openToken, plainPassword, sealToken } from './secrets.ts';
import { allowedScopes, endOf, latestEnd, type LinkRow } from './standing.ts';

export type LinkHandlers = Pick<Handlers<DriveContract, RequestContext>, Extract<keyof DriveContract, `link.${string}`>>;

export interface LinkHandlerOptions {
  readonly audit: AppendAudit;
  readonly accesses: LinkAccesses;
  readonly ends: LinkEnds;
  readonly sealer: Sealer;
  hashPassword(password: string): Promise<string>;
  publicUrl(): string;
  /** Where nodes lie, as a member sees them; what they may not see is absent. */
  placed(reader: Reader, nodeIds: readonly string[]): Promise<readonly PlacedNode[]>;
}

const absent = (): AppError => new AppError('not_found', 'No such file, folder or link');
const wrong = (reason: string, message: string, subject?: string): AppError =>
  new AppError('invalid', message, { details: { reason, ...(subject === undefined ? {} : { subject }) } });
const mailPattern = /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/u;

/** DRV-11…14: links as those see them who make them. */
export function linkHandlers(services: Services, options: LinkHandlerOptions): LinkHandlers {
  const { database, clock, random } = services;
  const { audit, accesses, ends, sealer } = options;

  const toLink = (row: LinkRow, { name, kind }: { name: string; kind: string }, { policy }: RequestContext): Link => ({
    id: row.id,
    nodeId: row.node_id,
    nodeName: name,
    nodeKind: kind as Link['nodeKind'],
    url: `${options.publicUrl()}/l/${openToken(sealer, row.tenant_id, row.id, row.sealed_token!)}`,
    scope: row.scope as LinkScope,
    permission: row.permission as Link['permission'],
    mayDownload: row.may_download === 1,
    hasPassword: row.password_hash !== null,
    addresses: JSON.parse(row.addresses) as string[],
    expiresAt: endOf(row, policy),
    createdAt: row.created_at,
    createdBy: row.created_by,
    opened: row.opened,
    lastOpenedAt: row.last_opened_at,
  });

  const visible = async (context: RequestContext, nodeId: string): Promise<LinkedNode> => {
    const found = await linkedNode(database, context.tenantId, context.member.id, nodeId);
    if (found === null) throw absent();
    return found;
  };

  /** A link that is the asker's to see: its maker's, and the drive's masters', while they may see what it leads to. */
  const own = async (context: RequestContext, linkId: string): Promise<{ row: LinkRow; target: LinkedNode }> => {
    const row = await database
      .selectFrom('links')
      .selectAll()
      .where('tenant_id', '=', context.tenantId)
      .where('id', '=', linkId)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    if (row === undefined) throw absent();
    const target = await linkedNode(database, context.tenantId, context.member.id, row.node_id);
    if (target === null || (row.created_by !== context.member.id && !target.isMaster)) throw absent();
    return { row, target };
  };

  /** May the asker have a link of this kind there? FIL-01 holds too: what nobody may receive is not offered. */
  const requireAllowed = ({ node, space, permission }: LinkedNode, scope: string, { policy }: RequestContext): void => {
    if (permission !== 'edit') throw denial(deny('permission_missing', 'DRV-07'));
    const scopes = allowedScopes(policy, space);
    if (!scopes.some((allowed) => allowed === scope)) throw denial(deny('links_denied', scopes.length === 0 ? 'DRV-11' : 'DRV-13'));
    const byName = node.kind === 'file' ? judgeReceipt('drive', node.name, policy) : null;
    if (byName?.effect === 'deny') throw denial(byName);
  };

  /** The end of a link as asked for, or as late as the rule allows. Throws `invalid` where it is past or too late (DRV-12). */
  const endAsked = (asked: number | null, createdAt: number, { policy }: RequestContext): number | null => {
    const latest = latestEnd(createdAt, policy);
    if (asked === null) return latest;
    if (asked <= clock.now()) throw wrong('link_end_past', 'The end of the link is over');
    if (latest !== null && asked > latest) throw wrong('link_end_late', 'The link would live too long', String(policy.links.mostDays));
    return asked;
  };

  const addressesAsked = (scope: string, asked: readonly string[]): string[] => {
    const addresses = [...new Set(asked.map(plainMail))];
    const bad = addresses.find((address) => !mailPattern.test(address));
    if (bad !== undefined) throw wrong('address_invalid', `${bad} is no mail address`, bad);
    if ((scope === 'one_time_password') !== addresses.length > 0) throw wrong('link_addresses', 'Addresses belong to links with a code');
    return addresses;
  };

  const noted = async (
    transaction: Database,
    context: RequestContext,
    action: string,
    { row, target }: { row: LinkRow; target: LinkedNode },
    details: Record<string, unknown>,
  ): Promise<void> => {
    const { tenantId, member, address, session } = context;
    await audit(transaction, tenantId, {
      actorId: member.id,
      action,
      target: row.id,
      result: 'success',
      address,
      client: session.kind,
      details: { nodeId: target.node.id, scope: row.scope, ...details },
    });
  };

  const create = async (input: InputOf<DriveContract, 'link.create'>, context: RequestContext): Promise<Link> => {
    const { tenantId, member } = context;
    const target = await visible(context, input.nodeId);
    const { scope, permission, mayDownload, password } = input;
    requireAllowed(target, scope, context);
    if (password !== null && scope !== 'anyone') throw wrong('link_password', 'Only links for anyone have a password');
    const addresses = addressesAsked(scope, input.addresses);
    const now = clock.now();
    const expiresAt = endAsked(input.expiresAt, now, context);
    const passwordHash = password === null ? null : await options.hashPassword(plainPassword(password));
    const [id, token] = [uuidv7(now, random(10)), newToken(random)];
    const made = {
      tenant_id: tenantId,
      id,
      node_id: target.node.id,
      space_id: target.space.id,
      token_hash: hashToken(token),
      sealed_token: sealToken(sealer, tenantId, id, token),
      scope,
      permission,
      may_download: Number(mayDownload),
      password_hash: passwordHash,
      addresses: JSON.stringify(addresses),
      expires_at: expiresAt,
      created_at: now,
      created_by: member.id,
    };
    const row = await database.transaction().execute(async (transaction) => {
      const inserted = await transaction.insertInto('links').values(made).returningAll().executeTakeFirstOrThrow();
      await noteActivity(transaction, tenantId, {
        id: uuidv7(now, random(10)),
        at: now,
        memberId: member.id,
        what: 'link',
        spaceId: target.space.id,
        nodeId: target.node.id,
        name: target.node.name,
        details: { scope },
      });
      await noted(transaction, context, 'link.create', { row: inserted, target }, { permission, mayDownload, expiresAt });
      return inserted;
    });
    return toLink(row, target.node, context);
  };

  const update = async (input: InputOf<DriveContract, 'link.update'>, context: RequestContext): Promise<Link> => {
    const { tenantId } = context;
    const { row, target } = await own(context, input.linkId);
    requireAllowed(target, row.scope, context);
    const { expiresAt, password, addresses, mayDownload, permission } = input;
    if (password !== undefined && password !== null && row.scope !== 'anyone') {
      throw wrong('link_password', 'Only links for anyone have a password');
    }
    const listed = addresses === undefined ? undefined : addressesAsked(row.scope, addresses);
    const set = {
      ...(expiresAt === undefined ? {} : { expires_at: endAsked(expiresAt, row.created_at, context) }),
      ...(password === undefined ? {} : { password_hash: password === null ? null : await options.hashPassword(plainPassword(password)) }),
      ...(listed === undefined ? {} : { addresses: JSON.stringify(listed) }),
      ...(mayDownload === undefined ? {} : { may_download: Number(mayDownload) }),
      ...(permission === undefined ? {} : { permission }),
    };
    const changed = Object.keys(set);
    if (changed.length === 0) return toLink(row, target.node, context);
    const after = await database.transaction().execute(async (transaction) => {
      const updated = await transaction
        .updateTable('links')
        .set(set)
        .where('tenant_id', '=', tenantId)
        .where('id', '=', row.id)
        .where('ended_at', 'is', null)
        .returningAll()
        .executeTakeFirst();
      if (updated === undefined) throw absent();
      // Who came in by the old password, or by an address that is not listed any more, is out.
      if (password !== undefined) await dismissBrowsers(transaction, tenantId, row.id);
      if (listed !== undefined) {
        const removed = (JSON.parse(row.addresses) as string[]).filter((address) => !listed.includes(address));
        await dismissBrowsers(transaction, tenantId, row.id, removed);
      }
      await noted(transaction, context, 'link.update', { row, target }, { changed: changed.map((name) => name.replace('_hash', '')) });
      return updated;
    });
    return toLink(after, target.node, context);
  };

  const linksTo = (tenantId: string) =>
    database.selectFrom('links').selectAll('links').where('links.tenant_id', '=', tenantId).where('links.ended_at', 'is', null);
  const isOver = (row: LinkRow, { policy }: RequestContext): boolean => (endOf(row, policy) ?? Infinity) <= clock.now();

  return {
    'link.list': async ({ nodeId }, context) => {
      const target = await visible(context, nodeId);
      const rows = await linksTo(context.tenantId).where('links.node_id', '=', nodeId).orderBy('links.id').execute();
      const shown = rows.filter((row) => (row.created_by === context.member.id || target.isMaster) && !isOver(row, context));
      const mayCreate = target.permission === 'edit' && allowedScopes(context.policy, target.space).length > 0;
      return { links: shown.map((row) => toLink(row, target.node, context)), mayCreate };
    },

    'link.mine': async (_input, context) => {
      const { tenantId, member } = context;
      const rows = await linksTo(tenantId).where('links.created_by', '=', member.id).orderBy('links.id', 'desc').execute();
      const placed = await options.placed(
        { tenantId, memberId: member.id },
        rows.map(({ node_id: id }) => id),
      );
      const places = new Map(placed.map((one) => [one.node.id, one]));
      const links = rows.flatMap((row) => {
        const found = places.get(row.node_id);
        return found === undefined || isOver(row, context) ? [] : [{ ...toLink(row, found.node, context), place: found.place }];
      });
      return { links };
    },

    'link.create': async (input, context) => ({ link: await create(input, context) }),
    'link.update': async (input, context) => ({ link: await update(input, context) }),

    'link.delete': async ({ linkId }, context) => {
      const { row } = await own(context, linkId);
      const by = { actorId: context.member.id, address: context.address, client: context.session.kind };
      await database.transaction().execute((transaction) => ends.end(transaction, [row], 'deleted', by));
      return {};
    },

    'link.accesses': async ({ linkId, before }, context) => {
      await own(context, linkId);
      return accesses.list(context.tenantId, linkId, before);
    },
  };
}
