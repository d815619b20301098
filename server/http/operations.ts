import { AppError } from '#shared/base/errors.ts';
import { serve, type Contract, type Handlers, type Reply } from '#shared/contract/operation.ts';
import { server, type ServerContract } from '#shared/contract/server.ts';
import type { CallAct } from '#shared/policy/decide.ts';
import type { PublicContext, RequestContext } from '../context.ts';

/** Everything a server answers by `POST /api/<name>`. */
export const operations = server;
export type PublicHandlers = Partial<Handlers<ServerContract, PublicContext>>;
export type MemberHandlers = Partial<Handlers<ServerContract, RequestContext>>;

export type Access = 'public' | 'member' | 'administrator';

/** The operations behind one front: what each needs, and how it is run once the asker is known. Runs never throw. */
export interface OperationTable {
  /** Null for an operation that does not exist. */
  accessOf(name: string): Access | null;
  /** What the gate is asked for it. */
  actOf(name: string): CallAct;
  mostBytesOf(name: string): number;
  runPublic(name: string, input: unknown, context: PublicContext): Promise<Reply>;
  runMember(name: string, input: unknown, context: RequestContext): Promise<Reply>;
}

const mebibyte = 1_048_576;
/** The longest inputs that are longer than usual, in bytes. FIL-11: a file of 200 GB has about 190,000 chunks of 96 bytes in JSON. */
const longestInputs: Readonly<Record<string, number>> = { 'drive.mutate': 32 * mebibyte, 'member.import': 8 * mebibyte };

export function operationTable(
  publicHandlers: PublicHandlers,
  memberHandlers: MemberHandlers,
  report: (error: unknown, name: string) => void,
): OperationTable {
  const all: Contract = operations;
  const isServed = (name: string): boolean => Object.hasOwn(publicHandlers, name) || Object.hasOwn(memberHandlers, name);
  const part = (isPublic: boolean): Contract =>
    Object.fromEntries(Object.entries(all).filter(([name, { access }]) => isServed(name) && (access === 'public') === isPublic));
  const served = { ...memberHandlers } as Handlers<Contract, RequestContext>;
  const open = { ...publicHandlers } as Handlers<Contract, PublicContext>;
  return {
    accessOf: (name) => (Object.hasOwn(all, name) && isServed(name) ? all[name]!.access : null),
    actOf: (name) => {
      const { access, needs } = all[name]!;
      return { kind: 'call', access, ...needs };
    },
    mostBytesOf: (name) => longestInputs[name] ?? mebibyte,
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
