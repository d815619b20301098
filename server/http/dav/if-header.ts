import { AppError } from '#shared/base/errors.ts';

/** One condition of an `If` header (RFC 4918, section 10.4). */
export interface Condition {
  readonly not: boolean;
  readonly kind: 'token' | 'tag';
  readonly value: string;
}
/** Conditions that must all hold, of the resource that is named or, with null, of the one that the request is for. */
export interface ConditionList {
  readonly resource: string | null;
  readonly conditions: readonly Condition[];
}

const malformed = (): AppError => new AppError('invalid', 'The If header cannot be read', { details: { reason: 'bad_if' } });
const mostConditions = 100;

/** Reads an `If` header: lists of which one must hold. Throws `invalid`. */
export function readIf(header: string): ConditionList[] {
  let at = 0;
  const blank = (): void => {
    while (header[at] === ' ' || header[at] === '\t') at += 1;
  };
  const upTo = (end: string): string => {
    const found = header.indexOf(end, at);
    if (found < 0) throw malformed();
    const text = header.slice(at + 1, found);
    at = found + 1;
    return text;
  };
  const tag = (): string => {
    const match = /^\[((?:W\/)?"[^"]*")\]/.exec(header.slice(at));
    if (match === null) throw malformed();
    at += match[0].length;
    return match[1]!;
  };

  const lists: ConditionList[] = [];
  let resource: string | null = null;
  let tagged: boolean | null = null;
  let all = 0;
  blank();
  while (at < header.length) {
    if (header[at] === '<') {
      // Lists for named resources and lists without a name do not mix.
      if (tagged === false) throw malformed();
      tagged = true;
      resource = upTo('>');
      blank();
      if (header[at] !== '(') throw malformed();
    }
    if (header[at] !== '(') throw malformed();
    tagged ??= false;
    at += 1;
    const conditions: Condition[] = [];
    for (blank(); header[at] !== ')'; blank()) {
      const not = /^not\b/i.test(header.slice(at, at + 4));
      if (not) at += 3;
      blank();
      if (header[at] === '<') conditions.push({ not, kind: 'token', value: upTo('>') });
      else if (header[at] === '[') conditions.push({ not, kind: 'tag', value: tag() });
      else throw malformed();
      all += 1;
      if (all > mostConditions) throw malformed();
    }
    at += 1;
    if (conditions.length === 0) throw malformed();
    lists.push({ resource, conditions });
    blank();
  }
  if (lists.length === 0) throw malformed();
  return lists;
}

/** The tokens that a request names: those are the locks that it passes. */
export const tokensOf = (lists: readonly ConditionList[]): Set<string> =>
  new Set(lists.flatMap(({ conditions }) => conditions.flatMap(({ kind, not, value }) => (kind === 'token' && !not ? [value] : []))));
