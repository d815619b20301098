import { fitsBytes, splitExtension } from './conflict-name.ts';

/** What a volume makes of names; probed, never guessed from the operating system. */
export interface VolumeRules {
  /** `A` and `a` are two names. */
  readonly caseSensitive: boolean;
  /** Reserved names, forbidden characters and trailing dots or spaces are refused or changed, as on Windows. */
  readonly windowsNames: boolean;
  /** Whatever a name was given as, it is listed in small letters. */
  readonly lowersNames?: boolean;
}

/** Private-use characters that stand for what a disk cannot hold: U+F000 plus the character's code, as other systems do. */
const privateBase = 0xf000;
const standIn = (character: string): string => String.fromCharCode(privateBase + character.charCodeAt(0));
// eslint-disable-next-line no-control-regex -- control characters are exactly what such a disk refuses
const forbidden = /[<>:"|?*\\\u0001-\u001f]/g;
const trailing = /[. ]$/;
const reserved = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=$|\.|\s)/i;
const standIns = /[\uf001-\uf07f]/g;

/**
 * The name under which a node lies on the disk (EXP-18): the server's own wherever the volume can hold it, else one with private-use
 * characters for what it cannot, in small letters where it lists no others, shortened where it is longer than 255 bytes. Never changes the name on the server.
 */
export function diskName(name: string, rules: VolumeRules): string {
  let disk = rules.lowersNames === true ? name.toLowerCase() : name;
  if (rules.windowsNames) {
    disk = disk
      .replace(forbidden, standIn)
      .replace(trailing, standIn)
      .replace(reserved, (word) => word.slice(0, -1) + standIn(word.slice(-1)));
  }
  return fitsBytes(disk) ? disk : shortened(disk);
}

/** The server's name for a disk's: NFC, with private-use characters turned back. What was shortened is known by its row alone. */
export function logicalName(disk: string, rules: VolumeRules): string {
  const name = rules.windowsNames ? disk.replace(standIns, (letter) => String.fromCharCode(letter.charCodeAt(0) - privateBase)) : disk;
  return name.normalize('NFC');
}

function shortened(name: string): string {
  const [stem, extension] = splitExtension(name);
  const tail = `~${checksum(name)}${fitsBytes(extension.repeat(2)) ? extension : ''}`;
  const characters = Array.from(stem);
  while (characters.length > 0 && !fitsBytes(characters.join('') + tail)) characters.pop();
  return characters.join('') + tail;
}

/** Eight hexadecimal digits (FNV-1a) that tell shortened names apart. */
function checksum(name: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
