import fc from 'fast-check';
import type { z } from 'zod';

/** What this file reads of a zod schema's inside. */
interface Inside {
  readonly def: {
    readonly type: string;
    /** Of texts in a form of their own: `email`, `url` and so on. */
    readonly format?: string;
    readonly pattern?: RegExp;
    readonly shape?: Readonly<Record<string, z.ZodType>>;
    readonly element?: z.ZodType;
    readonly innerType?: z.ZodType;
    readonly options?: readonly z.ZodType[];
    readonly entries?: Readonly<Record<string, string>>;
    readonly values?: readonly unknown[];
    readonly keyType?: z.ZodType;
    readonly valueType?: z.ZodType;
    readonly items?: readonly z.ZodType[];
    readonly checks?: readonly { readonly _zod: { readonly def: Check } }[];
  };
}

interface Check {
  readonly check: string;
  /** Of lengths. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Of numbers. */
  readonly value?: number;
  readonly pattern?: RegExp;
}
const limitsOf = (checks: readonly Check[]) => ({
  minimum: checks.find(({ check }) => check === 'min_length')?.minimum ?? checks.find(({ check }) => check === 'greater_than')?.value,
  maximum: checks.find(({ check }) => check === 'max_length')?.maximum ?? checks.find(({ check }) => check === 'less_than')?.value,
  pattern: checks.find(({ pattern }) => pattern !== undefined)?.pattern,
});

/** Forms that random letters never have, and whose patterns look ahead. */
const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  email: fc.emailAddress(),
  url: fc.webUrl({ validSchemes: ['http', 'https'] }),
};

/** How many texts in a row may not fit before it is the generator that is wrong. */
const mostMisfits = 10_000;

/** Those of `texts` that the schema takes. Throws where none ever does, instead of looking for one for ever. */
function fitting(texts: fc.Arbitrary<string>, schema: z.ZodType): fc.Arbitrary<string> {
  let misfits = 0;
  return texts.filter((text) => {
    const fits = schema.safeParse(text).success;
    misfits = fits ? 0 : misfits + 1;
    if (misfits > mostMisfits) throw new Error(`No text fits ${JSON.stringify(schema.toJSONSchema())}: teach test/support/arbitrary-of.ts`);
    return fits;
  });
}

/** Values that a schema accepts as input, small enough to try many. Throws for kinds of schema that no contract uses. */
export function arbitraryOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  const { def } = (schema as unknown as { _zod: Inside })._zod;
  const bag = limitsOf((def.checks ?? []).map((check) => check._zod.def));
  switch (def.type) {
    case 'object': {
      const fields = Object.entries(def.shape!);
      const mayLack = (field: z.ZodType): boolean =>
        ['optional', 'default', 'prefault'].includes((field as unknown as { _zod: Inside })._zod.def.type);
      return fc.record(Object.fromEntries(fields.map(([name, field]) => [name, arbitraryOf(field)])), {
        requiredKeys: fields.filter(([, field]) => !mayLack(field)).map(([name]) => name),
        noNullPrototype: true,
      });
    }
    case 'string': {
      const pattern = bag.pattern ?? def.pattern;
      const least = bag.minimum ?? 0;
      const most = Math.min(bag.maximum ?? 12, least + 12);
      const texts =
        formats[def.format ?? ''] ??
        (pattern === undefined ? fc.string({ unit: 'grapheme', minLength: least, maxLength: most }) : fc.stringMatching(pattern));
      return fitting(texts, schema);
    }
    case 'number': {
      const least = Math.max(bag.minimum ?? -1_000, Number.MIN_SAFE_INTEGER);
      return fc.integer({ min: least, max: Math.min(bag.maximum ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) });
    }
    case 'boolean':
      return fc.boolean();
    case 'unknown':
      return fc
        .jsonValue({ maxDepth: 1, noUnicodeString: true } as fc.JsonSharedConstraints)
        .map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries!));
    case 'literal':
      return fc.constantFrom(...def.values!);
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(arbitraryOf(def.element!), {
        minLength: bag.minimum ?? 0,
        maxLength: Math.min(bag.maximum ?? 3, (bag.minimum ?? 0) + 3),
      });
    case 'nullable':
      return fc.option(arbitraryOf(def.innerType!), { nil: null, freq: 3 });
    case 'optional':
    case 'default':
    case 'prefault':
      return arbitraryOf(def.innerType!);
    case 'union':
      return fc.oneof(...def.options!.map((option) => arbitraryOf(option)));
    case 'record':
      return recordOf(def.keyType!, def.valueType!);
    case 'tuple':
      return fc.tuple(...def.items!.map((item) => arbitraryOf(item)));
    default:
      throw new Error(`No values for a schema of type ${def.type}: teach test/support/arbitrary-of.ts`);
  }
}

/** Records with an enum of keys have every key; others have a few. */
function recordOf(keys: z.ZodType, values: z.ZodType): fc.Arbitrary<unknown> {
  const { entries } = (keys as unknown as { _zod: Inside })._zod.def;
  if (entries !== undefined)
    return fc.record(Object.fromEntries(Object.values(entries).map((key) => [key, arbitraryOf(values)])), { noNullPrototype: true });
  const key = fc.stringMatching(/^[a-z]{1,8}$/);
  return fc.dictionary(key, arbitraryOf(values), { maxKeys: 3, noNullPrototype: true });
}
