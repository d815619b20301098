/** One line for the log: name, message and place of an error and of what caused it. Never what it was about. */
export function errorLine(error: unknown): string {
  const parts: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    parts.push(`${at.name}: ${at.message} ${(at.stack ?? '').split('\n').slice(1, 4).join(' ').replace(/\s+/g, ' ')}`);
  }
  return parts.length === 0 ? `Thrown: ${typeof error}` : parts.join(' ← ');
}
