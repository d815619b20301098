import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';
import { server } from '#shared/contract/server.ts';
import type { AppendAudit, RequestContext, Services } from '../context.ts';
import { filteredEntries, type AuditFilter } from './search.ts';

const pageSize = 1_000;
const columns = ['sequence', 'at', 'actor', 'action', 'target', 'result', 'address', 'client', 'details'] as const;

/**
 * One field of a line. What a spreadsheet would take for a formula gets an apostrophe before it (OWASP: CSV injection); quotes are doubled
 * (RFC 4180).
 */
export function csvField(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** The filter as it stands in the address; numbers are digits. Throws `invalid`. */
function filterOf(query: URLSearchParams): AuditFilter {
  const given = Object.fromEntries(
    [...query]
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, name === 'since' || name === 'until' ? Number(value) : value]),
  );
  const parsed = server['audit.search'].input.omit({ before: true, limit: true }).safeParse(given);
  if (!parsed.success) throw new AppError('invalid', z.prettifyError(parsed.error));
  return parsed.data;
}

/** `GET /api/exports/audit.csv`: the audit log as a file (ADM-32), oldest first, filtered like `audit.search`, read page by page as it is sent. */
export function auditExport({ database }: Pick<Services, 'database'>, { audit }: { readonly audit: AppendAudit }) {
  return async (query: URLSearchParams, context: RequestContext): Promise<Response> => {
    const { tenantId, member, session, address } = context;
    const filter = filterOf(query);
    const entries = await filteredEntries(database, tenantId, filter);
    const people = await database.selectFrom('members').select(['id', 'member_id']).where('tenant_id', '=', tenantId).execute();
    const names = new Map(people.map((row) => [row.id, row.member_id]));
    // Who took the log along is in the log, and in no file that they took.
    const last = await database.selectFrom('audit_heads').select('sequence').where('tenant_id', '=', tenantId).executeTakeFirst();
    await database.transaction().execute((transaction) =>
      audit(transaction, tenantId, {
        actorId: member.id,
        action: 'audit.export',
        target: null,
        result: 'success',
        address,
        client: session.kind,
        details: { filter },
      }),
    );
    const newest = last?.sequence ?? 0;
    let after = 0;
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(encoder.encode(`\uFEFF${columns.join(',')}\r\n`)),
      pull: async (controller) => {
        const page = entries.where('sequence', '>', after).where('sequence', '<=', newest);
        const rows = await page.orderBy('sequence').limit(pageSize).execute();
        const lines = rows.map((row) => {
          const actor = row.actor_id === null ? '' : (names.get(row.actor_id) ?? row.actor_id);
          const fields = [String(row.sequence), new Date(row.at).toISOString(), actor, row.action, row.target, row.result, row.address];
          return [...fields, row.client, row.details].map((field) => csvField(field ?? '')).join(',');
        });
        if (lines.length > 0) controller.enqueue(encoder.encode(`${lines.join('\r\n')}\r\n`));
        if (rows.length < pageSize) controller.close();
        else after = rows.at(-1)!.sequence;
      },
    });
    return new Response(body, {
      headers: {
        'cache-control': 'no-store',
        'content-disposition': 'attachment; filename="audit.csv"',
        'content-type': 'text/csv; charset=utf-8',
      },
    });
  };
}
