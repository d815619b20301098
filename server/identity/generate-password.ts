/** Without letters and digits that look alike. 32 of them: five bits each, so no bias. */
const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';

/** A password of 100 random bits in four groups, to be read off a screen once. */
export function generatePassword(random: (sizeBytes: number) => Uint8Array): string {
  const letters = Array.from(random(20), (byte) => alphabet[byte % alphabet.length]!);
  return [0, 5, 10, 15].map((start) => letters.slice(start, start + 5).join('')).join('-');
}
