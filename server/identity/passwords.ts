import { hash, verify, type Options } from '@node-rs/argon2';
import { AppError } from '#shared/base/errors.ts';

/** argon2id as OWASP recommends: 19 MiB, two passes, one lane. */
const argon2id = 2;
const parameters: Options = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Hashing takes memory and a core each: more at once would starve everything else. */
const mostAtOnce = 2;
const mostWaiting = 200;

/** Hashes a new password. */
export const hashPassword = (password: string): Promise<string> => hash(password, parameters);

/** Stands where a hash stands, for a password that was taken away (ACC-07): none fits until the member chooses a new one. */
export const noPasswordFits = '!';

/** Whether `password` is the one that was hashed. For passwords that are somebody's own; logins go through `Passwords`. */
export const verifyPassword = (hashed: string, password: string): Promise<boolean> =>
  hashed === noPasswordFits ? Promise.resolve(false) : verify(hashed, password);

export interface Passwords {
  /**
   * Whether `password` is the one that was hashed. Null, for a member who is unknown or has no password, takes the same time and is false.
   * Throws `unavailable` when too many logins wait.
   */
  verify(hashed: string | null, password: string): Promise<boolean>;
}

/** Makes the checker. `random` gives the password that nobody has, for members who do not exist. */
export async function passwordChecker(random: (sizeBytes: number) => Uint8Array): Promise<Passwords> {
  const nobodys = await hashPassword(Buffer.from(random(32)).toString('base64url'));
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    verify: async (hashed, password) => {
      if (running >= mostAtOnce) {
        if (waiting.length >= mostWaiting) throw new AppError('unavailable', 'Too many logins at once');
        await new Promise<void>((resolve) => void waiting.push(resolve));
      } else running += 1;
      try {
        const known = hashed === noPasswordFits ? null : hashed;
        const holds = await verify(known ?? nobodys, password);
        return holds && known !== null;
      } finally {
        // The place goes straight to the next in line, so nobody can slip in between.
        const next = waiting.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}
