import { AppError } from '#shared/base/errors.ts';
import { longestName } from '#shared/model/drive.ts';

/** Where the WebDAV tree begins. */
export const davRoot = '/dav';
const deepest = 256;
const utf8 = new TextDecoder('utf-8', { fatal: true });

const malformed = (why: string): AppError =>
  new AppError('invalid', `Not an address in the drive: ${why}`, { details: { reason: 'bad_address' } });

/** Whether a request's target lies in the WebDAV tree, before anything in it is decoded. */
export function isDav(target: string | undefined): boolean {
  const path = pathOf(target ?? '');
  return path === davRoot || path.startsWith(`${davRoot}/`) || path.startsWith(`${davRoot}?`);
}

/** A request's target without scheme and host, which programs that think they speak to a proxy send along. */
const pathOf = (target: string): string => target.replace(/^https?:\/\/[^/?#]*/i, '');

/** What an address names. `slash`: it ends with one, as those of folders do. */
export interface DavAddress {
  readonly path: readonly string[];
  readonly slash: boolean;
}

/**
 * The names that an address in the WebDAV tree is made of, decoded once and taken as they are. Throws `invalid` for every trick with it: dots,
 * empty names, encoded slashes and NUL, bytes that are no UTF-8, fragments.
 */
export function readAddress(target: string): DavAddress {
  const whole = pathOf(target);
  if (whole.includes('#')) throw malformed('a fragment');
  const [path = ''] = whole.split('?', 1);
  if (path !== davRoot && !path.startsWith(`${davRoot}/`)) throw malformed('outside of the tree');
  const rest = path.slice(davRoot.length + 1);
  const slash = path.length <= davRoot.length + 1 || rest.endsWith('/');
  if (rest === '') return { path: [], slash: true };
  const steps = (slash ? rest.slice(0, -1) : rest).split('/');
  if (steps.length > deepest) throw malformed('too deep');
  return { path: steps.map(readName), slash };
}

function readName(step: string): string {
  const name = decode(step);
  if (name === '') throw malformed('an empty name');
  if (name === '.' || name === '..') throw malformed('dots');
  if (name.includes('/') || name.includes('\0')) throw malformed('a character that no name has');
  if (name.length > 4 * longestName) throw malformed('a name that is too long');
  return name.normalize('NFC');
}

/** Names that need no decoding, which most are. */
const plainName = /^[\w!$&'()*+,.:;=@~-]+$/;

/** Percent-encoding undone once. */
function decode(step: string): string {
  if (plainName.test(step)) return step;
  const bytes: number[] = [];
  for (let at = 0; at < step.length; at += 1) {
    const code = step.charCodeAt(at);
    if (code > 0x7e) throw malformed('a character that is not encoded');
    if (code !== 0x25) {
      bytes.push(code);
      continue;
    }
    const hex = step.slice(at + 1, at + 3);
    if (!/^[0-9a-f]{2}$/i.test(hex)) throw malformed('a broken percent sign');
    bytes.push(Number.parseInt(hex, 16));
    at += 2;
  }
  try {
    return utf8.decode(Uint8Array.from(bytes));
  } catch {
    throw malformed('bytes that are no UTF-8');
  }
}

/** The address of something in the tree, as it stands in answers. */
export const hrefOf = (path: readonly string[], isFolder: boolean): string =>
  `${davRoot}/${path.map((name) => encodeURIComponent(name)).join('/')}${isFolder && path.length > 0 ? '/' : ''}`;

/**
 * Where `Destination` or a resource in `If` leads: an address at this server, with or without scheme and host. Throws `invalid` for one elsewhere.
 * @param hosts the names (with port) by which this server goes
 */
export function readReference(reference: string, hosts: ReadonlySet<string>): DavAddress {
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/i.exec(reference);
  if (absolute === null) {
    if (!reference.startsWith('/') || reference.startsWith('//')) throw malformed('no address');
    return readAddress(reference);
  }
  if (!hosts.has(absolute[1]!.toLowerCase())) throw malformed('another server');
  return readAddress(absolute[2]!);
}
