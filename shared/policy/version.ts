const pattern = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:[-+].*)?$/;

/** The numbers of `1.2.3` (a suffix such as `-beta.1` does not count), or null for anything else. */
function parts(version: string): readonly number[] | null {
  const match = pattern.exec(version);
  return match === null ? null : match.slice(1, 4).map(Number);
}

/** Whether `version` is at least `minimum`, compared number by number: 3.10.0 is newer than 3.9.0 (UPD-03). Unreadable versions are not. */
export function isAtLeast(version: string, minimum: string): boolean {
  const own = parts(version);
  const least = parts(minimum);
  if (own === null || least === null) return false;
  const differing = own.findIndex((value, index) => value !== least[index]);
  return differing === -1 || own[differing]! > least[differing]!;
}
