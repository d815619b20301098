import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defaultPolicy, Policy } from '#shared/model/policy.ts';
import { server } from '#shared/contract/server.ts';
import { inRoot } from '../build/paths.ts';

// docs/rules.md is what administrators write scripts by, so its tables are compared with the schemas that judge those scripts.

const page = readFileSync(inRoot('docs/rules.md'), 'utf8');
const codes = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
/** A word of the page as the value it stands for: `30`, `null`, `"all"`, and `all` as well. */
const valueOf = (word: string): unknown => {
  try {
    return JSON.parse(word);
  } catch {
    return word;
  }
};

interface Row {
  readonly fields: readonly string[];
  readonly values: string;
  readonly defaults: string;
}

/** The table under "Rules that can be set now". `.pcApp` after `keepLogin.x` means `keepLogin.pcApp`. */
function rows(): readonly Row[] {
  const [, after = ''] = page.split('## Rules that can be set now');
  const lines = after.slice(after.indexOf('| Field |')).split('\n').slice(2);
  return lines.slice(0, lines.indexOf('')).map((line) => {
    const [fields = '', values = '', defaults = ''] = line.split(' | ').map((cell) => cell.replace(/^\| /, ''));
    let section = '';
    return {
      fields: codes(fields).map((name) => {
        if (name.startsWith('.')) return `${section}${name}`;
        section = name.split('.')[0]!;
        return name;
      }),
      values,
      defaults,
    };
  });
}

type Leaf = Readonly<Record<string, unknown>>;
const ruleAt = (path: string): { readonly standard: unknown; readonly schema: Leaf } => {
  const [section = '', field] = path.split('.');
  const properties = z.toJSONSchema(Policy, { io: 'input' }).properties as Record<string, { properties?: Record<string, Leaf> } & Leaf>;
  const standard = defaultPolicy[section as keyof Policy] as unknown;
  if (field === undefined) return { standard, schema: properties[section]! };
  return { standard: (standard as Record<string, unknown>)[field], schema: properties[section]!.properties![field]! };
};
const allFields = Object.entries(defaultPolicy).flatMap(([section, value]) =>
  value !== null && typeof value === 'object' ? Object.keys(value).map((field) => `${section}.${field}`) : [section],
);

it('lists every rule that can be set once, and none that cannot', () => {
  expect(
    rows()
      .flatMap(({ fields }) => fields)
      .toSorted(),
  ).toEqual(allFields.toSorted());
});

it('names the default of every rule', () => {
  for (const { fields, defaults } of rows()) {
    const told = codes(defaults).map(valueOf);
    // Defaults that are told in words, such as a template that allows all.
    if (told.every((value) => value === 'default')) continue;
    for (const [index, field] of fields.entries()) {
      expect({ field, standard: index < told.length ? told[index] : told[0] }).toEqual({ field, standard: ruleAt(field).standard });
    }
  }
});

it('names every value that a rule can have', () => {
  for (const { fields, values } of rows()) {
    for (const field of fields) {
      const words = new Set(codes(values).map((word) => JSON.stringify(valueOf(word))));
      const schemas = choices(ruleAt(field).schema);
      for (const { enum: options, type, minimum, maximum, maxItems } of schemas) {
        for (const option of Array.isArray(options) ? options : type === 'boolean' ? [true, false] : []) {
          expect(words, `${field} can be ${JSON.stringify(option)}`).toContain(JSON.stringify(option));
        }
        if (type === 'null') expect(words, `${field} can be null`).toContain('null');
        for (const bound of [minimum, maximum, maxItems]) {
          // Sizes reach from nothing to what a number can hold.
          if (typeof bound !== 'number' || bound === 0 || bound === Number.MAX_SAFE_INTEGER) continue;
          expect(values.replaceAll(',', ''), `${field} has the bound ${bound}`).toContain(String(bound));
        }
      }
    }
  }
});

it('names no operation that does not exist', () => {
  const [, after = ''] = page.split('## Rules that can be set now');
  const families = new Set(Object.keys(server).map((name) => name.split('.')[0]!));
  const cited = [...after.matchAll(/`([a-zA-Z]+\.[a-zA-Z.]+)`/g)].map(([, name]) => name!);
  const unknown = cited.filter((name) => families.has(name.split('.')[0]!) && !(name in server) && !allFields.includes(name));
  expect(unknown).toEqual([]);
});

/** A schema and, where it is one of several, each of them; of a list of words, the words. */
function choices(schema: Leaf): Leaf[] {
  const several = schema['anyOf'];
  if (Array.isArray(several)) return several.flatMap((one: Leaf) => choices(one));
  const items = schema['items'] as Leaf | undefined;
  return [items !== undefined && 'enum' in items ? items : schema];
}
