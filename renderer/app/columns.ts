const focusable = 'button, a[href], input, select, textarea, [tabindex]:not([tabindex="-1"])';

/** F6: moves the keyboard to the next column (`data-column`), to what the column marks as its start (`data-start`) or its first control. */
export function focusNextColumn(backwards: boolean): void {
  const columns = [...document.querySelectorAll<HTMLElement>('[data-column]')].filter((column) => column.offsetParent !== null);
  if (columns.length === 0) return;
  const at = columns.findIndex((column) => column.contains(document.activeElement));
  const next = columns[(at + (backwards ? -1 : 1) + columns.length) % columns.length] ?? columns[0]!;
  const start =
    next.querySelector<HTMLElement>('[data-start]') ??
    [...next.querySelectorAll<HTMLElement>(focusable)].find((element) => element.tabIndex >= 0);
  start?.focus();
}
