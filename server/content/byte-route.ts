import { AppError } from '#shared/base/errors.ts';
import { failure, statusOf } from '#shared/contract/operation.ts';
import type { RequestContext } from '../context.ts';

/** A route that carries bytes. `params` are the parts of its path that vary. */
export type ByteRoute = (request: Request, context: RequestContext, params: Readonly<Record<string, string>>) => Promise<Response>;

/** Answers failures in the form of every other answer; bugs go on to whoever logs them. */
export const answering =
  (route: ByteRoute): ByteRoute =>
  async (request, context, params) => {
    try {
      return await route(request, context, params);
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'internal') throw error;
      const reply = failure(error);
      return Response.json(reply, { status: statusOf(reply) });
    }
  };
