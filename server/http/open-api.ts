import { z } from 'zod';
import { errorCodes } from '#shared/base/errors.ts';
import type { Contract } from '#shared/contract/operation.ts';

type Json = Record<string, unknown>;

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
};
const json = (schema: unknown): Json => ({ 'application/json': { schema } });

/** OpenAPI 3.1 of the operations, from the schemas that check each request. */
export function openApi(contract: Contract, url: string, version: string): Json {
  const failures = Object.entries(errorCodes).map(([code, { status }]) => [
    String(status),
    { description: code, content: json({ $ref: '#/components/schemas/Failure' }) },
  ]);
  const paths = Object.entries(contract).map(([name, { input, output, access }]) => {
    const value = schemaOf(output, 'output');
    const success = { type: 'object', properties: { ok: { const: true }, value }, required: ['ok', 'value'] };
    const post = {
      operationId: name,
      tags: [name.split('.')[0]],
      'x-access': access,
      security: access === 'public' ? [] : [{ dpop: [] }, { browser: [] }],
      requestBody: { content: json(schemaOf(input, 'input')) },
      responses: { '200': { description: 'Done', content: json(success) }, ...Object.fromEntries(failures) },
    };
    return [`/api/${name}`, { post }];
  });
  const failure = {
    type: 'object',
    properties: {
      ok: { const: false },
      error: {
        type: 'object',
        properties: { code: { enum: Object.keys(errorCodes) }, message: { type: 'string' }, details: {} },
        required: ['code', 'message'],
      },
    },
    required: ['ok', 'error'],
  };
  return {
    openapi: '3.1.0',
    info: { title: 'Hikyaku', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url }],
    paths: Object.fromEntries(paths),
    components: {
      schemas: { Failure: failure },
      securitySchemes: {
        dpop: { type: 'http', scheme: 'DPoP', description: 'Access token bound to the device key (RFC 9449)' },
        browser: { type: 'apiKey', in: 'cookie', name: '__Host-hikyaku' },
      },
    },
  };
}
