import { assert } from '#shared/base/assert.ts';
import { AppError } from '#shared/base/errors.ts';
import { admin, type AdminContract } from '#shared/contract/admin.ts';
import { serve, type Contract, type Handlers, type Reply } from '#shared/contract/operation.ts';
import { tenant, type TenantContract } from '#shared/contract/tenant.ts';
import type { PublicContext, RequestContext } from '../context.ts';

/** Everything a server answers by `POST /api/<name>`. */
export const operations = { ...tenant, ...admin } as const;

const publicNames = ['server.info', 'session.login', 'session.refresh'] as const;
type PublicName = (typeof publicNames)[number];
export type PublicHandlers = Pick<Handlers<TenantContract, PublicContext>, PublicName>;
export type MemberHandlers = Omit<Handlers<TenantContract, RequestContext>, PublicName> & Handlers<AdminContract, RequestContext>;

export type Access = 'public' | 'member' | 'administrator';

/** The operations behind one front: what each needs, and how it is run once the asker is known. Runs never throw. */
export interface OperationTable {
  /** Null for an operation that does not exist. */
  accessOf(name: string): Access | null;
  mostBytesOf(name: string): number;
  runPublic(name: string, input: unknown, context: PublicContext): Promise<Reply>;
  runMember(name: string, input: unknown, context: RequestContext): Promise<Reply>;
}

const mebibyte = 1_048_576;

export function operationTable(
  publicHandlers: PublicHandlers,
  memberHandlers: MemberHandlers,
  report: (error: unknown, name: string) => void,
): OperationTable {
  const all: Contract = operations;
  const isPublic = (name: string): boolean => (publicNames as readonly string[]).includes(name);
  for (const [name, { access }] of Object.entries(all)) {
    assert((access === 'public') === isPublic(name), `${name} is served to those it is for`);
  }
  const part = (wanted: boolean): Contract => Object.fromEntries(Object.entries(all).filter(([name]) => isPublic(name) === wanted));
  const served = { ...memberHandlers } as Handlers<Contract, RequestContext>;
  const open = { ...publicHandlers } as Handlers<Contract, PublicContext>;
  return {
    accessOf: (name) => (Object.hasOwn(all, name) ? all[name]!.access : null),
    mostBytesOf: (name) => (name === 'drive.mutate' ? 8 * mebibyte : mebibyte),
    runPublic: serve(part(true), open, report),
    runMember: serve(part(false), served, report),
  };
}

/** Reads a JSON body. An empty one counts as no input. Throws `invalid`. */
export function parseInput(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    throw new AppError('invalid', 'The body is not JSON', { cause });
  }
}
