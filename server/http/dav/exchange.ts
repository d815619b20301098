import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '#shared/base/errors.ts';
import type { RequestContext } from '../../context.ts';
import type { Writer } from '../../drive/dav/writer.ts';
import type { DavAddress } from './address.ts';
import { readIf, tokensOf, type ConditionList } from './if-header.ts';
import { parseXml, type XmlElement } from './xml.ts';

/** The most bytes of XML that a request may bring. */
const mostXmlBytes = 262_144;

/** One request and its answer, after the gate let it in. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: RequestContext;
  readonly writer: Writer;
  readonly address: DavAddress;
  readonly conditions: readonly ConditionList[];
  /** The names by which this server goes, with port. */
  readonly hosts: ReadonlySet<string>;
}

export type Method = (exchange: Exchange) => Promise<void>;

/** A header that a program may send once. */
export function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value;
}

export function openExchange(
  request: IncomingMessage,
  response: ServerResponse,
  rest: Pick<Exchange, 'context' | 'address' | 'hosts'>,
): Exchange {
  const header = headerOf(request, 'if');
  const conditions = header === null ? [] : readIf(header);
  return { request, response, conditions, writer: { context: rest.context, tokens: tokensOf(conditions) }, ...rest };
}

export type Depth = '0' | '1' | 'infinity';

/** Throws `invalid` for anything that is no depth. */
export function depthOf(request: IncomingMessage, otherwise: Depth): Depth {
  const value = headerOf(request, 'depth')?.trim().toLowerCase() ?? otherwise;
  if (value !== '0' && value !== '1' && value !== 'infinity')
    throw new AppError('invalid', 'Not a depth', { details: { reason: 'bad_depth' } });
  return value;
}

/** A request's whole body. Throws `too_large` as soon as more arrives than may. */
export async function bodyOf(request: IncomingMessage, mostBytes = mostXmlBytes): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > mostBytes) throw new AppError('too_large', `The body is larger than ${mostBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** The document that a request brings, or null where it brings nothing. */
export async function xmlOf(request: IncomingMessage): Promise<XmlElement | null> {
  const body = await bodyOf(request);
  return body.length === 0 ? null : parseXml(body);
}

export const empty = (response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void => {
  response.writeHead(status, { ...headers, 'content-length': '0' });
  response.end();
};

export function sendXml(response: ServerResponse, status: number, xml: string, headers: Readonly<Record<string, string>> = {}): void {
  const bytes = Buffer.from(`<?xml version="1.0" encoding="utf-8"?>\n${xml}`);
  response.writeHead(status, { ...headers, 'content-type': 'application/xml; charset=utf-8', 'content-length': String(bytes.length) });
  response.end(bytes);
}
