import type { RequestContext } from '../../context.ts';

/** Who changes something over WebDAV, with the tokens of the locks that they name. */
export interface Writer {
  readonly context: RequestContext;
  readonly tokens: ReadonlySet<string>;
}
