import { allow, deny, type Decision } from '#shared/model/decision.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { FileService } from './decide-file.ts';
import { foldedFileName, matchedExtension } from './extension.ts';

/** What a look into a file's bytes found. It depends on the bytes alone, so it is kept and judged again whenever rules or names change. */
export interface ContentFacts {
  /** The usual extension of the type that the bytes have, or null where they tell nothing (text, for instance). */
  readonly type: string | null;
  /** How the names inside an archive end (`a.exe` → `.exe`; up to two parts), each once, folded. */
  readonly endings: readonly string[];
  /** An archive that could not be looked into as a whole: encrypted, too deep, too large, damaged. */
  readonly unreadable: boolean;
}

/**
 * Types whose files bear several extensions. A file whose own extension belongs to the family is what it says it is: that the rules name another
 * member of the family does not stop it.
 */
const families: readonly (readonly string[])[] = [
  ['exe', 'dll', 'scr', 'com', 'sys', 'cpl', 'ocx', 'drv', 'efi', 'mui', 'pyd', 'node'],
  ['elf', 'so', 'o', 'bin', 'run', 'ko', 'appimage'],
  ['macho', 'dylib', 'bundle'],
  ['sh', 'bash', 'zsh', 'command', 'py', 'pl', 'rb', 'php', 'js', 'mjs'],
  ['cfb', 'doc', 'dot', 'xls', 'xlt', 'ppt', 'pot', 'pps', 'msi', 'msp', 'msg', 'vsd', 'db', 'hwp', 'jtd', 'jtt'],
  ['zip', 'jar', 'war', 'ear', 'apk', 'xpi', 'vsix', 'crx', 'ipa', 'nupkg', 'whl', 'kmz', 'sketch', 'key', 'pages', 'numbers', 'xdw'],
  ['docx', 'docm', 'dotx', 'dotm', 'xlsx', 'xlsm', 'xltx', 'xltm', 'xlsb', 'pptx', 'pptm', 'potx', 'potm', 'ppsx', 'ppsm', 'zip'],
  ['odt', 'ott', 'ods', 'ots', 'odp', 'otp', 'odg', 'zip'],
  ['jpg', 'jpeg', 'jpe', 'jfif'],
  ['tif', 'tiff', 'dng', 'cr2', 'nef', 'arw'],
  ['mp4', 'm4v', 'm4a', 'mov', 'qt', '3gp', '3g2', 'f4v', 'm4b', 'heic', 'heif', 'avif'],
  ['asf', 'wmv', 'wma'],
  ['ogg', 'ogv', 'oga', 'opus', 'ogx', 'spx'],
  ['mkv', 'mka', 'webm'],
  ['mpg', 'mpeg', 'mp2', 'vob', 'mts', 'm2ts', 'ts'],
  ['gz', 'tgz', 'svgz'],
  ['bz2', 'tbz', 'tbz2'],
  ['xz', 'txz'],
  ['zst', 'tzst'],
  ['xml', 'svg', 'html', 'xhtml', 'rss', 'plist', 'kml', 'gpx', 'drawio'],
  ['ps', 'eps', 'ai', 'pdf'],
];

/**
 * Whether these bytes may go there under that name, once the name itself was allowed (FIL-01): a type that the rules block stays blocked
 * under another extension, and so does a blocked file inside an archive.
 */
export function decideContent(service: FileService, name: string, facts: ContentFacts, policy: Policy, through?: FileService): Decision {
  if (!policy.files.inspectContent) return allow;
  const services = through === undefined ? [service] : [service, through];
  for (const one of services) {
    const blocked = policy.blockedExtensions[one];
    const rule = one === service ? 'FIL-01' : 'FIL-03';
    if (blocked.length === 0) continue;
    const { type } = facts;
    const kind = type === null ? null : matchedExtension(`x.${type}`, blocked);
    if (kind !== null && !isOfFamily(name, kind)) return deny('file_type_blocked', rule, kind);
    for (const ending of facts.endings) {
      const inner = matchedExtension(`x.${ending}`, blocked);
      if (inner !== null) return deny('archive_blocked', rule, inner);
    }
    if (facts.unreadable && policy.files.unreadableArchives === 'block') return deny('archive_unreadable', rule);
  }
  return allow;
}

/** Whether a look into the bytes can change a verdict at all under these rules. Either service's list may count (FIL-03). */
export const needsFacts = (policy: Policy): boolean =>
  policy.files.inspectContent && (policy.blockedExtensions.talk.length > 0 || policy.blockedExtensions.drive.length > 0);

/** Whether the name's own extension is one that files of this type bear. */
function isOfFamily(name: string, type: string): boolean {
  const folded = foldedFileName(name);
  const own = folded.slice(folded.lastIndexOf('.') + 1);
  return families.some((family) => family.includes(type) && family.includes(own));
}
