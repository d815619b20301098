/** A line of a text, and whether the other text has it not. */
export interface ShownLine {
  readonly text: string;
  readonly differs: boolean;
}

const mostLines = 12;
const before = 2;

/** The lines around the first difference of two texts, for a small space; a line differs when the other text has no such line. */
export function differingLines(text: string, other: string): readonly ShownLine[] {
  const lines = text.split(/\r?\n/u);
  const theirs = new Set(other.split(/\r?\n/u));
  const first = lines.findIndex((line) => !theirs.has(line));
  const from = Math.max(0, (first === -1 ? 0 : first) - before);
  return lines.slice(from, from + mostLines).map((line) => ({ text: line, differs: !theirs.has(line) }));
}
