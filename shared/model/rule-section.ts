import { z } from 'zod';

type Defaulted<S extends Record<string, z.ZodType>> = { [K in keyof S]: z.ZodDefault<S[K]> };

/**
 * A section of the rules from its fields and their defaults. `full` reads rules that an older server wrote (what is missing gets its
 * default), `patch` reads a change: only what it names, lists whole, unknown fields refused.
 */
export function ruleSection<S extends Record<string, z.ZodType>>(fields: S, defaults: { readonly [K in keyof S]: z.output<S[K]> }) {
  const defaulted = Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => [name, schema.default(defaults[name] as never)]),
  ) as Defaulted<S>;
  const optional = Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, schema.optional()])) as {
    [K in keyof S]: z.ZodOptional<S[K]>;
  };
  return { full: z.object(defaulted).prefault({} as never), patch: z.strictObject(optional).optional() };
}
