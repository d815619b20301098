import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError, errorCodes, type ErrorCode } from '#shared/base/errors.ts';
import { host } from '#shared/contract/host.ts';
import { connect, serve, type Contract, type Handlers, type Send } from '#shared/contract/operation.ts';
import { joinPort, type Port } from '#shared/contract/port.ts';
import { server } from '#shared/contract/server.ts';
import { shell } from '#shared/contract/shell.ts';
import { sync } from '#shared/contract/sync.ts';
import { workspace } from '#shared/contract/workspace.ts';
import { arbitraryOf } from '../support/arbitrary-of.ts';

const contracts: Readonly<Record<string, Contract>> = { server, workspace, sync, shell, host };
const every = Object.entries(contracts).flatMap(([boundary, contract]) =>
  Object.entries(contract).map(([name, operation]) => ({ boundary, contract, name, operation })),
);

/** Serves one operation by `run`; every other one fails. */
const only = (contract: Contract, name: string, run: (input: unknown) => unknown): Send => {
  const refuse = async (): Promise<never> => {
    throw new AppError('not_found', 'Another operation was called');
  };
  const handlers = Object.fromEntries(
    Object.keys(contract).map((key) => [key, key === name ? async (input: unknown) => run(input) : refuse]),
  );
  const answer = serve(contract, handlers as Handlers<Contract, null>, (error) => {
    throw error;
  });
  return (called, input) => answer(called, input, null);
};
/** As HTTP and IPC carry it. */
const throughJson =
  (send: Send): Send =>
  async (name, input) =>
    JSON.parse(JSON.stringify(await send(name, JSON.parse(JSON.stringify(input ?? null))))) as unknown;
/** As a MessagePort carries it: structured clones, later. */
function throughPort(send: Send): Send {
  const receivers: ((message: unknown) => void)[] = [() => undefined, () => undefined];
  const end = (own: number): Port => ({
    post: (message) => void setImmediate(() => receivers[1 - own]!(structuredClone(message))),
    receive: (handler) => {
      receivers[own] = handler;
    },
  });
  joinPort(end(0), async (name, input) => (await send(name, input)) as never);
  return joinPort(end(1), async () => ({ ok: true })).send;
}

describe.each(every)('$boundary $name', ({ contract, name, operation }) => {
  test('arrives and returns as it was sent, over JSON and over a port', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryOf(operation.input), arbitraryOf(operation.output), async (input, output) => {
        const received: unknown[] = [];
        const send = only(contract, name, (given) => {
          received.push(given);
          return output;
        });
        const results = [];
        for (const carry of [throughJson, throughPort]) results.push(await connect(contract, carry(send))[name]!(input));
        expect(received).toEqual([operation.input.parse(input), operation.input.parse(input)]);
        expect(results).toEqual([operation.output.parse(output), operation.output.parse(output)]);
      }),
      { numRuns: 15 },
    );
  });
});

test('a failure keeps its code and details, and what was not meant to be told is not', async () => {
  const codes = Object.keys(errorCodes) as ErrorCode[];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...every),
      fc.constantFrom(...codes),
      fc.string(),
      async ({ contract, name, operation }, code, reason) => {
        const input = fc.sample(arbitraryOf(operation.input), 1)[0];
        const failing = only(contract, name, () => {
          throw code === 'internal' ? new Error('secret path') : new AppError(code, 'why', { details: { reason } });
        });
        const quiet: Send = async (called, given) => {
          try {
            return await failing(called, given);
          } catch {
            // `only` reports bugs by throwing; on a real server they go to the log.
            return { ok: false, error: { code: 'internal', message: 'Internal error' } };
          }
        };
        const error: unknown = await connect(contract, throughJson(quiet))[name]!(input).catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(AppError);
        expect((error as AppError).code).toBe(code);
        if (code === 'internal') expect((error as AppError).message).not.toContain('secret');
        else expect((error as AppError).details).toEqual({ reason });
      },
    ),
    { numRuns: 200 },
  );
});

test('whatever is called, with whatever, gets a reply and never a throw', async () => {
  const contract: Contract = { ...server };
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', ...Object.keys(contract))),
      fc.anything(),
      async (name, input) => {
        const reply = (await only(contract, 'nobody', () => ({}))(name, input)) as { ok: boolean };
        expect(reply.ok).toBe(false);
      },
    ),
    { numRuns: 500 },
  );
});

test('peers that are newer may say more: unknown fields fall away, unknown codes keep their text', async () => {
  const send: Send = async () => ({ ok: true, value: { ticket: 't', expiresInSeconds: 30, later: { added: true } } });
  expect(await connect(server, send)['session.ticket']({})).toEqual({ ticket: 't', expiresInSeconds: 30 });
  const failing: Send = async () => ({ ok: false, error: { code: 'moved_away', message: 'Try there' } });
  await expect(connect(server, failing)['session.ticket']({})).rejects.toMatchObject({
    code: 'internal',
    message: 'moved_away: Try there',
  });
});
