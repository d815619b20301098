/** Without letters and digits that look alike. 32 of them: five bits each, so no bias. */
const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
const groups = 3;
const groupLength = 6;

/**
 * A password of 90 random bits in three groups, to be read off a screen once. It keeps every rule that a tenant can have (ACC-01, ACC-02): 20
 * characters, which is the usual maximum and the largest minimum, with letters, digits and a special character.
 */
export function generatePassword(random: (sizeBytes: number) => Uint8Array): string {
  for (;;) {
    const letters = Array.from(random(groups * groupLength), (byte) => alphabet[byte % alphabet.length]!).join('');
    // One in two hundred has no digit; to put one in would make it easier to guess.
    if (!/[a-z]/.test(letters) || !/[0-9]/.test(letters)) continue;
    return Array.from({ length: groups }, (_, group) => letters.slice(group * groupLength, (group + 1) * groupLength)).join('-');
  }
}
