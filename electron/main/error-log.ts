import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';

/** How large the log may grow before the older half is given up. */
const mostBytes = 512 * 1024;
const mostEntryLength = 16_384;

/** Takes out of a text what a log must not hold: values of secret-looking fields, bearer tokens, the person's home folder. */
export function redact(text: string, home: string): string {
  const secrets = text
    .replace(/\b(Bearer|DPoP|Basic)\s+\S+/g, '$1 [redacted]')
    .replace(/("?(?:password|secret|token|cookie|authorization|proof|ticket|key)"?\s*[:=]\s*)("[^"]*"|'[^']*'|\S+)/gi, '$1[redacted]')
    .replace(/\b([a-z]{1,16}:\/\/)[^\s/@]{1,500}@/gi, '$1[redacted]@');
  return home.length > 1 ? secrets.replaceAll(home, '~') : secrets;
}

/** One way to print any thrown thing, with its causes. Data attached to errors is left out: it may be anything. */
export function describe(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : `Thrown: ${typeof error}`;
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined || depth > 4 ? own : `${own}\nCaused by: ${describe(error.cause, depth + 1)}`;
}

export type Report = (error: unknown, where?: string) => void;

/**
 * Opens the shell's log: one file, redacted, at most twice 512 KiB on disk. Writing never throws: a full disk must not stop the app.
 * @param echo also gets each entry, for a terminal
 */
export function openErrorLog(file: string, home: string, now: () => number, echo: (line: string) => void): Report {
  return (error, where = 'shell') => {
    const entry = redact(`${new Date(now()).toISOString()} ${where} ${describe(error)}`.slice(0, mostEntryLength), home);
    echo(entry);
    try {
      mkdirSync(path.dirname(file), { recursive: true });
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > mostBytes) renameSync(file, `${file}.1`);
      appendFileSync(file, `${entry}\n`, { mode: 0o600 });
    } catch {
      echo('The log could not be written');
    }
  };
}
