import { SaxesParser } from 'saxes';
import { AppError } from '#shared/base/errors.ts';

/** An element with its namespace resolved. `attributes`: by `namespace name`. */
export interface XmlElement {
  readonly namespace: string;
  readonly name: string;
  readonly attributes: readonly { readonly namespace: string; readonly name: string; readonly value: string }[];
  readonly children: (XmlElement | string)[];
}

export const davNamespace = 'DAV:';
const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/';

/** How large a document a request may bring. */
const deepest = 64;
const mostElements = 5_000;

const malformed = (cause?: unknown): AppError =>
  new AppError('invalid', 'The body is not the XML that this asks for', { cause, details: { reason: 'bad_xml' } });

/** Reads a document. Document types, and with them entities of one's own, are refused. Throws `invalid`. */
export function parseXml(bytes: Uint8Array): XmlElement {
  let text: string;
  try {
    text = decodeXml(bytes);
  } catch (cause) {
    throw malformed(cause);
  }
  const parser = new SaxesParser({ xmlns: true, position: false });
  const open: XmlElement[] = [];
  let root: XmlElement | null = null;
  let elements = 0;
  parser.on('error', (error) => {
    throw malformed(error);
  });
  parser.on('doctype', () => {
    throw malformed();
  });
  parser.on('opentag', ({ uri, local, attributes }) => {
    elements += 1;
    if (open.length >= deepest || elements > mostElements) throw malformed();
    const own = Object.values(attributes).filter((attribute) => attribute.uri !== xmlnsNamespace);
    const element: XmlElement = {
      namespace: uri,
      name: local,
      attributes: own.map((attribute) => ({ namespace: attribute.uri, name: attribute.local, value: attribute.value })),
      children: [],
    };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  const addText = (piece: string): void => void open.at(-1)?.children.push(piece);
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.write(text).close();
  if (root === null) throw malformed();
  return root;
}

function decodeXml(bytes: Uint8Array): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  return new TextDecoder(utf16 ?? 'utf-8', { fatal: true }).decode(bytes);
}

export const elementsOf = ({ children }: XmlElement): XmlElement[] => children.filter((child) => typeof child !== 'string');
export const isDavElement = (element: XmlElement, name: string): boolean => element.namespace === davNamespace && element.name === name;
export const textOf = ({ children }: XmlElement): string =>
  children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');

/** Text as it stands between tags or in an attribute. */
export function escapeXml(text: string): string {
  // Most of what is written is plain.
  // oxlint-disable-next-line no-control-regex -- XML 1.0 has no way to write these
  if (!/[&<>"\u0000-\u001f\ufffe\uffff]/.test(text)) return text;
  return (
    text
      // oxlint-disable-next-line no-control-regex -- as above
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll('\r', '&#13;')
      .replaceAll('\n', '&#10;')
      .replaceAll('\t', '&#9;')
  );
}

/** An element as text that means the same wherever it is put: with every namespace that it needs, and the language that was in force. */
export function writeXml(element: XmlElement, language: string | null = null): string {
  const { namespace, name, attributes, children } = element;
  let text = `<${name} xmlns="${escapeXml(namespace)}"`;
  const says = attributes.some((attribute) => attribute.namespace === xmlNamespace && attribute.name === 'lang');
  if (language !== null && !says) text += ` xml:lang="${escapeXml(language)}"`;
  for (const [index, attribute] of attributes.entries()) {
    const value = escapeXml(attribute.value);
    if (attribute.namespace === '') text += ` ${attribute.name}="${value}"`;
    else if (attribute.namespace === xmlNamespace) text += ` xml:${attribute.name}="${value}"`;
    else text += ` xmlns:a${index}="${escapeXml(attribute.namespace)}" a${index}:${attribute.name}="${value}"`;
  }
  if (children.length === 0) return `${text}/>`;
  return `${text}>${children.map((child) => (typeof child === 'string' ? escapeXml(child) : writeXml(child))).join('')}</${name}>`;
}

/** The language that an element says itself (`xml:lang`), or null. */
export const languageOf = ({ attributes }: XmlElement): string | null =>
  attributes.find(({ namespace, name }) => namespace === xmlNamespace && name === 'lang')?.value ?? null;
