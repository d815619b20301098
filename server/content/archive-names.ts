import { foldedName } from '#shared/model/node-name.ts';

/** Names that Windows keeps for devices, also with an extension. */
const device = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;
// eslint-disable-next-line no-control-regex -- control characters are what is replaced
const forbidden = /[\\/:*?"<>|\u0000-\u001f\u007f]/g;

/** A name as every system can unpack it: nothing that leads out of the folder, no sign or name that Windows refuses, no trailing dot or space. */
export function archiveName(name: string): string {
  const plain = name
    .toWellFormed()
    .replace(forbidden, '_')
    .replace(/[. ]+$/, (tail) => '_'.repeat(tail.length));
  return device.test(plain) ? `_${plain}` : plain === '' ? '_' : plain;
}

/** Gives each name that is taken already (whatever the case of its letters) a number before its extension. One per folder. */
export function uniqueNames(): (name: string) => string {
  const taken = new Set<string>();
  return (name) => {
    const dot = name.lastIndexOf('.');
    const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
    let free = name;
    for (let number = 2; taken.has(foldedName(free)); number += 1) free = `${stem} (${number})${extension}`;
    taken.add(foldedName(free));
    return free;
  };
}
