import { readFileSync } from 'node:fs';
import { AppError } from '#shared/base/errors.ts';

/** The options that a command cannot do without. Throws `invalid` that names the missing ones, before the usage. */
export function requireOptions<N extends string>(
  values: Readonly<Partial<Record<N, string | undefined>>>,
  names: readonly N[],
  usage: string,
): Record<N, string> {
  const missing = names.filter((name) => values[name] === undefined);
  if (missing.length > 0) throw new AppError('invalid', `Missing: ${missing.map((name) => `--${name}`).join(', ')}\n\n${usage}`);
  return Object.fromEntries(names.map((name) => [name, values[name]])) as Record<N, string>;
}

/**
 * The password in a file (`-`: standard input): its first line, without the line end that editors add. Throws `invalid` where the file
 * cannot be read.
 */
export function readPasswordFile(file: string): string {
  try {
    return /^[^\r\n]*/.exec(readFileSync(file === '-' ? 0 : file, 'utf8'))![0];
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new AppError('invalid', `--password-file: ${file === '-' ? 'standard input' : file} cannot be read (${why})`, { cause });
  }
}
