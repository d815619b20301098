/** Device and time, as they stand in a conflict copy's name: `PC-1 2026-11-22 06.02.00`, in local time. */
export function conflictLabel(device: string, now: number): string {
  const date = new Date(now);
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${device.replaceAll(/[/\\:*?"<>|]/g, '-')} ${day} ${two(date.getHours())}.${two(date.getMinutes())}.${two(date.getSeconds())}`;
}
