/**
 * The company's working days, counted from a given instant. Japan has no summer time, so a fixed offset is exact; holidays
 * are not known here. Working day 0 is the last one on which work has begun; −1 the one before, +1 the next.
 */
const dayMs = 86_400_000;
const offsetMs = 9 * 3_600_000;
const opensAtMinute = 8 * 60 + 20;
const weekdays = '日月火水木金土';

function isWorkingDay(day: number): boolean {
  const weekday = (day + 4) % 7; // day 0, 1970-01-01, was a Thursday
  return weekday !== 0 && weekday !== 6;
}

export interface WorkCalendar {
  /** Epoch milliseconds of `clock` (`HH:MM` in Japan) on a working day; times of today that lie ahead are drawn together before now. */
  at(workingDay: number, clock: string): number;
  /** `11月20日（金）` of a working day. */
  label(workingDay: number): string;
  /** `2026-11-20` of a working day. */
  isoDate(workingDay: number): string;
  /** Four-digit year in Japan at the given instant. */
  readonly year: number;
}

/** Makes the calendar around `now` (epoch milliseconds). */
export function workCalendar(now: number): WorkCalendar {
  const localNow = now + offsetMs;
  let today = Math.floor(localNow / dayMs);
  if ((localNow % dayMs) / 60_000 < opensAtMinute + 40) today -= 1;
  while (!isWorkingDay(today)) today -= 1;

  function dayOf(workingDay: number): number {
    let day = today;
    for (let left = Math.abs(workingDay); left > 0;) {
      day += Math.sign(workingDay);
      if (isWorkingDay(day)) left -= 1;
    }
    return day;
  }

  function dateOf(workingDay: number): Date {
    return new Date(dayOf(workingDay) * dayMs);
  }

  return {
    year: new Date(localNow).getUTCFullYear(),
    at(workingDay, clock) {
      const [hours = 0, minutes = 0] = clock.split(':').map(Number);
      const start = dayOf(workingDay) * dayMs - offsetMs;
      const minute = hours * 60 + minutes;
      const lastMinute = Math.min(23 * 60 + 59, (now - start) / 60_000 - 1);
      if (workingDay < 0 || lastMinute >= 19 * 60 + 30) return start + minute * 60_000;
      const scale = (lastMinute - opensAtMinute) / (19 * 60 + 30 - opensAtMinute);
      return Math.floor(start + (opensAtMinute + (minute - opensAtMinute) * scale) * 60_000);
    },
    label(workingDay) {
      const date = dateOf(workingDay);
      return `${date.getUTCMonth() + 1}月${date.getUTCDate()}日（${weekdays.charAt(date.getUTCDay())}）`;
    },
    isoDate(workingDay) {
      return dateOf(workingDay).toISOString().slice(0, 10);
    },
  };
}
