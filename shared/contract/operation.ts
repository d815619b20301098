import { z } from 'zod';
import { AppError, errorCodes, isErrorCode, type ErrorCode } from '#shared/base/errors.ts';
import type { AdminRight, Service } from '#shared/model/rights.ts';

/** What the gate asks for besides the access, all optional. */
export interface Needs {
  /** ADM-10: the part of the administration that the operation belongs to. */
  readonly right?: AdminRight;
  /** ADM-08: the service that it uses. */
  readonly service?: Service;
  /** A dangerous act: only shortly after the asker proved again who they are (`session.reauthenticate`). */
  readonly fresh?: boolean;
}

/** A name with an input schema and an output schema. `access` says who may call it at all; finer rules are the handler's. */
export interface Operation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly input: I;
  readonly output: O;
  readonly access: Access;
  readonly needs: Needs;
}
export type Access = 'public' | 'member' | 'administrator';
export type Contract = Readonly<Record<string, Operation>>;

/** Makes an operation from plain field maps. Objects strip unknown fields, so newer peers may send more. */
export const op = <I extends z.ZodRawShape, O extends z.ZodRawShape>(
  input: I,
  output: O,
  access: Access = 'member',
  needs: Needs = {},
) => ({
  input: z.object(input),
  output: z.object(output),
  access,
  needs,
});

/** Makes an operation whose answer is one of several outcomes, told apart by `kind`. */
export const opOf = <I extends z.ZodRawShape, O extends z.ZodType>(input: I, output: O, access: Access = 'member', needs: Needs = {}) => ({
  input: z.object(input),
  output,
  access,
  needs,
});

/** An operation of the administration: who calls it needs the right (ADM-10). */
export const adminOp = <I extends z.ZodRawShape, O extends z.ZodRawShape>(
  right: AdminRight,
  input: I,
  output: O,
  needs: Omit<Needs, 'right'> = {},
) => op(input, output, 'administrator', { ...needs, right });

export type InputOf<C extends Contract, K extends keyof C> = z.output<C[K]['input']>;
export type OutputOf<C extends Contract, K extends keyof C> = z.output<C[K]['output']>;
export type Handlers<C extends Contract, Ctx> = {
  readonly [K in keyof C]: (input: InputOf<C, K>, context: Ctx) => Promise<z.input<C[K]['output']>>;
};
export type Client<C extends Contract> = {
  readonly [K in keyof C]: (input: z.input<C[K]['input']>) => Promise<OutputOf<C, K>>;
};
export type Send = (name: string, input: unknown) => Promise<unknown>;

export type Reply = { ok: true; value?: unknown } | { ok: false; error: { code: ErrorCode; message: string; details?: unknown } };

/** Replies of newer peers may carry codes this program does not know: they count as `internal`, with the code kept in the message. */
const ReplySchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown().optional() }),
  z.object({
    ok: z.literal(false),
    error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() }),
  }),
]);

/** Turns handlers into one function that never throws: look up, parse, run, parse, reply. `report` gets what was a bug. */
export function serve<C extends Contract, Ctx>(contract: C, handlers: Handlers<C, Ctx>, report: (error: unknown, name: string) => void) {
  return async (name: string, raw: unknown, context: Ctx): Promise<Reply> => {
    try {
      const operation = Object.hasOwn(contract, name) ? contract[name] : undefined;
      if (operation === undefined) throw new AppError('not_found', `No operation ${name}`);
      const parsed = operation.input.safeParse(raw ?? {});
      if (!parsed.success) throw new AppError('invalid', z.prettifyError(parsed.error));
      const handler = handlers[name as keyof C] as (input: unknown, context: Ctx) => Promise<unknown>;
      return { ok: true, value: operation.output.parse(await handler(parsed.data, context)) };
    } catch (cause) {
      const error = AppError.from(cause);
      if (error.code === 'internal') report(cause, name);
      return failure(error);
    }
  };
}

/** The reply that carries `error` to the other side. */
export const failure = (error: AppError): Reply => ({
  ok: false,
  error: { code: error.code, message: error.message, ...(error.details === undefined ? {} : { details: error.details }) },
});

/** The HTTP status of a reply. */
export const statusOf = (reply: Reply): number => (reply.ok ? 200 : errorCodes[reply.error.code].status);

/** The mirror image of `serve`: a typed object whose methods send, then parse what comes back. Throws `AppError`. */
export function connect<C extends Contract>(contract: C, send: Send): Client<C> {
  const call = async (name: string, operation: Operation, input: unknown): Promise<unknown> => {
    const reply = ReplySchema.safeParse(await send(name, input));
    if (!reply.success) throw new AppError('unavailable', `The answer to ${name} is not one of ours`);
    if (reply.data.ok) return operation.output.parse(reply.data.value);
    const { code, message, details } = reply.data.error;
    throw isErrorCode(code) ? new AppError(code, message, { details }) : new AppError('internal', `${code}: ${message}`, { details });
  };
  const methods = Object.entries(contract).map(([name, operation]) => [name, (input: unknown) => call(name, operation, input)]);
  return Object.fromEntries(methods) as Client<C>;
}
