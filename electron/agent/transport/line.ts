import type { Clock } from '#shared/base/clock.ts';
import type { SettingValue } from '#shared/model/settings.ts';
import { RateLimit } from './rate-limit.ts';

/** Holds bytes of content back as long as the settings want it. Null: they may go right now. */
export interface Pace {
  /** Something may be held back now: then it goes in small pieces. */
  readonly isLimited: boolean;
  up(bytes: number, signal?: AbortSignal): Promise<void> | null;
  down(bytes: number, signal?: AbortSignal): Promise<void> | null;
}

/** What the person (or IT) set about the line. */
export interface LineSettings {
  /** KiB a second; 0 for no limit. */
  readonly uploadLimitKiB: SettingValue<'uploadLimitKiB'>;
  readonly downloadLimitKiB: SettingValue<'downloadLimitKiB'>;
  readonly fullSpeedHours: SettingValue<'fullSpeedHours'>;
  readonly pauseOnMetered: SettingValue<'pauseOnMetered'>;
}

export interface LineOptions {
  readonly clock: Clock;
  /** Whether the way to the network is paid by volume, as far as the system tells. */
  readonly isMetered: () => Promise<boolean>;
  /** Minutes since midnight here, of a time in epoch milliseconds. */
  readonly minuteOfDay?: (now: number) => number;
  /** Whether contents wait, or why, has changed. */
  readonly onChange?: () => void;
}

/** How long an answer about the network holds while contents move; none is asked for while nothing does. */
const lookMilliseconds = 60_000;
const meteredLookMilliseconds = 10_000;
const dayMinutes = 24 * 60;

/** EXP-17: limits up and down, hours of full speed, and rest on metered networks, for all contents that this program moves: every root and every transfer. */
export class Line implements Pace {
  readonly #options: LineOptions;
  readonly #up: RateLimit;
  readonly #down: RateLimit;
  #settings: LineSettings = { uploadLimitKiB: 0, downloadLimitKiB: 0, fullSpeedHours: '', pauseOnMetered: false };
  #isMetered = false;
  #lookedAt: number | null = null;
  #looking: Promise<void> | null = null;
  #cancel: () => void = () => undefined;
  #cancelLook: () => void = () => undefined;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#up = new RateLimit(options.clock);
    this.#down = new RateLimit(options.clock);
  }

  /** Other settings, in force at once. */
  configure(settings: LineSettings): void {
    this.#settings = settings;
    if (!settings.pauseOnMetered) this.#found(false);
    else if (this.#lookedAt === null) void this.#look();
    this.#apply();
  }

  /** The network may be another one: it is asked again before anything moves. */
  networkChanged(): void {
    this.#lookedAt = null;
    if (this.#isMetered) void this.#look();
  }

  /** Why contents wait, as a code; null while they may move. */
  get waits(): 'metered_network' | null {
    return this.#isMetered && this.#settings.pauseOnMetered ? 'metered_network' : null;
  }

  get isLimited(): boolean {
    return this.#up.rate !== Infinity || this.#down.rate !== Infinity;
  }

  up(bytes: number, signal?: AbortSignal): Promise<void> | null {
    return this.#take(this.#up, bytes, signal);
  }
  down(bytes: number, signal?: AbortSignal): Promise<void> | null {
    return this.#take(this.#down, bytes, signal);
  }

  close(): void {
    this.#cancel();
    this.#cancelLook();
  }

  #take(limit: RateLimit, bytes: number, signal?: AbortSignal): Promise<void> | null {
    if (!this.#settings.pauseOnMetered) return limit.take(bytes, signal);
    const age = this.#lookedAt === null ? Infinity : this.#options.clock.monotonic() - this.#lookedAt;
    if (age === Infinity) return this.#look().then(async () => (await limit.take(bytes, signal)) ?? undefined);
    if (age > lookMilliseconds) void this.#look();
    return limit.take(bytes, signal);
  }

  #look(): Promise<void> {
    this.#looking ??= this.#options
      .isMetered()
      .catch(() => false)
      .then((isMetered) => {
        this.#looking = null;
        this.#lookedAt = this.#options.clock.monotonic();
        this.#found(isMetered && this.#settings.pauseOnMetered);
      });
    return this.#looking;
  }

  #found(isMetered: boolean): void {
    this.#cancelLook();
    // While everything waits nobody else would ask.
    if (isMetered) this.#cancelLook = this.#options.clock.after(meteredLookMilliseconds, () => void this.#look());
    if (isMetered === this.#isMetered) return;
    this.#isMetered = isMetered;
    this.#apply();
    this.#options.onChange?.();
  }

  #apply(): void {
    this.#cancel();
    this.#cancel = () => undefined;
    const { uploadLimitKiB, downloadLimitKiB, fullSpeedHours } = this.#settings;
    const now = this.#options.clock.now();
    const minute = (this.#options.minuteOfDay ?? minuteOfDay)(now);
    const hours = hoursOf(fullSpeedHours);
    const isFull = hours !== null && isWithin(minute, hours);
    const rateOf = (limitKiB: number): number => (this.waits !== null ? 0 : limitKiB === 0 || isFull ? Infinity : limitKiB * 1024);
    this.#up.set(rateOf(uploadLimitKiB));
    this.#down.set(rateOf(downloadLimitKiB));
    if (hours === null || uploadLimitKiB + downloadLimitKiB === 0) return;
    const next = isFull ? hours.to : hours.from;
    const minutes = (next - minute + dayMinutes) % dayMinutes || dayMinutes;
    // Never far ahead: clocks are set, and summer comes.
    const milliseconds = Math.min(60 * 60_000, minutes * 60_000 - (now % 60_000));
    this.#cancel = this.#options.clock.after(milliseconds, () => this.#apply());
  }
}

interface Hours {
  readonly from: number;
  readonly to: number;
}

/** `HH:MM-HH:MM` as minutes of the day; null for none. */
function hoursOf(setting: string): Hours | null {
  const found = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(setting);
  if (found === null) return null;
  const [fromHour, fromMinute, toHour, toMinute] = found.slice(1).map(Number) as [number, number, number, number];
  return { from: fromHour * 60 + fromMinute, to: toHour * 60 + toMinute };
}

/** Over midnight where the end comes before the beginning; the same time twice is the whole day. */
const isWithin = (minute: number, { from, to }: Hours): boolean =>
  from < to ? minute >= from && minute < to : minute >= from || minute < to;

function minuteOfDay(now: number): number {
  const date = new Date(now);
  return date.getHours() * 60 + date.getMinutes();
}
