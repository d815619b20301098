import fc from 'fast-check';
import type { z } from 'zod';
import type { Contract } from '#shared/contract/operation.ts';
import { Id, Uuid } from '#shared/model/ids.ts';
import { MemberId } from '#shared/model/member.ts';
import { arbitraryOf } from './arbitrary-of.ts';

/** What this file reads of a zod schema's inside. */
interface Inside {
  readonly def: {
    readonly type: string;
    readonly shape?: Readonly<Record<string, z.ZodType>>;
    readonly element?: z.ZodType;
    readonly innerType?: z.ZodType;
    readonly options?: readonly z.ZodType[];
    readonly entries?: Readonly<Record<string, string>>;
    readonly values?: readonly unknown[];
    readonly valueType?: z.ZodType;
  };
}
const inside = (schema: z.ZodType): Inside['def'] => (schema as unknown as { _zod: Inside })._zod.def;
const isId = (schema: z.ZodType): boolean => schema === Id || schema === Uuid || schema === MemberId;
const mayLack = (schema: z.ZodType): boolean => ['optional', 'default', 'prefault'].includes(inside(schema).type);

/** A field of an operation's input that takes an id: `drive.mutate.mutations[]|2.nodeId` is that of its third alternative. */
export interface IdPlace {
  readonly operation: string;
  readonly path: string;
  /** Its own name: `nodeId`. */
  readonly name: string;
  /** Only an id that a client mints itself fits. */
  readonly minted: boolean;
}

/** Every place of a contract where an id goes in. */
export function idPlaces(contract: Contract): readonly IdPlace[] {
  return Object.entries(contract).flatMap(([operation, { input }]) => placesIn(operation, input, operation));
}

function placesIn(operation: string, schema: z.ZodType, path: string): IdPlace[] {
  if (isId(schema)) return [{ operation, path, name: nameOf(path), minted: schema === Uuid }];
  const { type, shape, element, innerType, options, valueType } = inside(schema);
  if (type === 'object') return Object.entries(shape!).flatMap(([name, field]) => placesIn(operation, field, `${path}.${name}`));
  if (type === 'array') return placesIn(operation, element!, `${path}[]`);
  if (type === 'union') return options!.flatMap((option, index) => placesIn(operation, option, `${path}|${index}`));
  if (type === 'record') return placesIn(operation, valueType!, `${path}{}`);
  return innerType === undefined ? [] : placesIn(operation, innerType, path);
}

/** Every field of an operation's input, those within others too, and the input itself. */
export function allPlaces(operation: string, schema: z.ZodType, path = operation): readonly string[] {
  const { type, shape, element, innerType, options, valueType } = inside(schema);
  if (type === 'object')
    return [path, ...Object.entries(shape!).flatMap(([name, field]) => allPlaces(operation, field, `${path}.${name}`))];
  if (type === 'array') return [path, ...allPlaces(operation, element!, `${path}[]`)];
  if (type === 'union') return options!.flatMap((option, index) => allPlaces(operation, option, `${path}|${index}`));
  if (type === 'record') return [path, ...allPlaces(operation, valueType!, `${path}{}`)];
  return innerType === undefined ? [path] : allPlaces(operation, innerType, path);
}
const nameOf = (path: string): string => /(\w+)(?:\[\])?$/.exec(path)?.[1] ?? path;

/** What a plausible input is made with. */
export interface Given {
  /** The place that must be filled, with whatever is to be there; also where it could be left out. */
  readonly at?: { readonly path: string; readonly value: unknown };
  /** A value of the caller's own for a path; `name` is that of a field for ids, else null. Undefined for none. */
  own(path: string, name: string | null): unknown;
  /** Counts up, so that names are new each time. */
  next(): number;
}

/**
 * A small input that the schema takes and that looks like one of a real client: fields that may be left out are, unless they lead to `given.at`;
 * ids and what else has a meaning come from `given.own`.
 */
export function plausible(schema: z.ZodType, path: string, given: Given): unknown {
  const at = given.at?.path ?? '';
  const isWay = at === path || (at.startsWith(path) && '.[|{'.includes(at.charAt(path.length)));
  if (at === path) return given.at!.value;
  if (!isWay) {
    const own = given.own(path, isId(schema) ? nameOf(path) : null);
    if (own !== undefined) return own;
  }
  const { type, shape, element, innerType, options, entries, values, valueType } = inside(schema);
  switch (type) {
    case 'object': {
      const wanted = Object.entries(shape!).filter(
        ([name, field]) => !mayLack(field) || leadsTo(at, `${path}.${name}`) || given.own(`${path}.${name}`, null) !== undefined,
      );
      return Object.fromEntries(wanted.map(([name, field]) => [name, plausible(field, `${path}.${name}`, given)]));
    }
    case 'array':
      return schema.safeParse([]).success && !isWay ? [] : [plausible(element!, `${path}[]`, given)];
    case 'nullable':
      return isWay ? plausible(innerType!, path, given) : null;
    case 'union': {
      const chosen = options!.findIndex((_option, index) => leadsTo(at, `${path}|${index}`));
      const index = Math.max(chosen, 0);
      return plausible(options![index]!, `${path}|${index}`, given);
    }
    case 'record':
      return isWay ? { x: plausible(valueType!, `${path}{}`, given) } : {};
    case 'enum':
      return Object.values(entries!)[0];
    case 'literal':
      return values![0];
    case 'boolean':
      return false;
    case 'unknown':
      return {};
    case 'string': {
      const text = `t${given.next()}x`;
      const mails = `${text}@example.com`;
      const fitting = [text, mails, `https://${text}.example.com`].find((candidate) => schema.safeParse(candidate).success);
      return fitting ?? fc.sample(arbitraryOf(schema), { numRuns: 1, seed: given.next() })[0];
    }
    default:
      return innerType === undefined ? fc.sample(arbitraryOf(schema), { numRuns: 1, seed: 1 })[0] : plausible(innerType, path, given);
  }
}
const leadsTo = (at: string, path: string): boolean => at === path || (at.startsWith(path) && '.[|{'.includes(at.charAt(path.length)));
