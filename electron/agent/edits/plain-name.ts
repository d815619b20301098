import { taggedName } from '#shared/sync/conflict-name.ts';

/** A name of Drive as every disk holds it. */
export function plainName(name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
  const plain = name.replaceAll(/[\u0000-\u001f<>:"/\\|?*]/g, '_').replace(/[. ]+$/, '');
  return taggedName(plain === '' ? '_' : plain, '');
}
