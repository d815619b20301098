import { seededRandom } from '../random.ts';
import { Canvas, type Colour } from './canvas.ts';
import { content, type DemoContent } from './content.ts';
import { encodePng } from './png.ts';

const paper = 0xffffff;
const ink = 0x3a4557;
const grid = 0xe3e8f0;
const colours: readonly Colour[] = [0x24508f, 0x3e7c6b, 0xb98a2e, 0x7a5578];
const width = 1_200;
const height = 720;
const area = { left: 96, top: 56, right: 1_150, bottom: 640 };

function axes(canvas: Canvas, top: number): void {
  for (let step = 0; step <= 5; step += 1) {
    const y = area.bottom - ((area.bottom - area.top) * step) / 5;
    canvas.line(area.left, y, area.right, y, step === 0 ? 2 : 1, step === 0 ? ink : grid);
    canvas.label(area.left - 14, y - 7, String(Math.round((top * step) / 5)), 2, ink, 'right');
  }
}

function png(draw: (canvas: Canvas) => void): DemoContent {
  return content('image/png', () => {
    const canvas = new Canvas(width, height, paper);
    draw(canvas);
    return encodePng(canvas.width, canvas.height, canvas.pixels);
  });
}

/** Twelve months, this year's bar beside last year's. */
export function barChart(seed: number, top: number): DemoContent {
  return png((canvas) => {
    const random = seededRandom(seed);
    axes(canvas, top);
    const slot = (area.right - area.left) / 12;
    for (let month = 0; month < 12; month += 1) {
      const x = area.left + slot * month + slot * 0.18;
      for (let series = 0; series < 2; series += 1) {
        const share = 0.42 + 0.06 * Math.sin(month / 2) + 0.025 * month * (1 - series * 0.6) + random.next() * 0.14;
        const barHeight = (area.bottom - area.top) * Math.min(0.97, share);
        canvas.rectangle(
          Math.round(x + series * slot * 0.32),
          area.bottom - barHeight,
          Math.round(slot * 0.29),
          barHeight,
          series === 0 ? 0x24508f : 0xa9bbd6,
        );
      }
      canvas.label(x + slot * 0.31, area.bottom + 18, String(((month + 3) % 12) + 1), 2, ink, 'centre');
    }
  });
}

/** Measured values over time between two limits, as quality control draws them. */
export function controlChart(seed: number, nominal: number, tolerance: number): DemoContent {
  return png((canvas) => {
    const random = seededRandom(seed);
    const middle = (area.top + area.bottom) / 2;
    const reach = (area.bottom - area.top) * 0.36;
    const limits: readonly (readonly [number, number, Colour])[] = [
      [middle, nominal, 0x3e7c6b],
      [middle - reach, nominal + tolerance, 0xb0413e],
      [middle + reach, nominal - tolerance, 0xb0413e],
    ];
    canvas.rectangle(area.left, middle - reach, area.right - area.left, reach * 2, 0xf1f6f3);
    for (const [y, value, colour] of limits) {
      canvas.line(area.left, y, area.right, y, 2, colour);
      canvas.label(area.left - 12, y - 7, value.toFixed(2), 2, ink, 'right');
    }
    const points = 40;
    let before: readonly [number, number] | null = null;
    let drift = 0;
    for (let index = 0; index < points; index += 1) {
      drift = drift * 0.8 + (random.next() - 0.5) * 0.55;
      const at: readonly [number, number] = [
        area.left + 20 + ((area.right - area.left - 40) * index) / (points - 1),
        middle - drift * reach,
      ];
      if (before !== null) canvas.line(before[0], before[1], at[0], at[1], 2.4, 0x24508f);
      canvas.disc(at[0], at[1], 5, 0x24508f);
      if (index % 5 === 4) canvas.label(at[0], area.bottom + 18, String(index + 1), 2, ink, 'centre');
      before = at;
    }
  });
}

/** Four lines over eight quarters. */
export function lineChart(seed: number, top: number): DemoContent {
  return png((canvas) => {
    const random = seededRandom(seed);
    axes(canvas, top);
    const columns = 8;
    colours.forEach((colour, series) => {
      let value = 0.22 + series * 0.14;
      let before: readonly [number, number] | null = null;
      for (let index = 0; index < columns; index += 1) {
        value = Math.min(0.95, value + (random.next() - 0.36) * 0.13);
        const at: readonly [number, number] = [
          area.left + ((area.right - area.left) * (index + 0.5)) / columns,
          area.bottom - (area.bottom - area.top) * value,
        ];
        if (before !== null) canvas.line(before[0], before[1], at[0], at[1], 3.5, colour);
        canvas.disc(at[0], at[1], 6, colour);
        if (series === 0) canvas.label(at[0], area.bottom + 18, `${(index % 4) + 1}/4`, 2, ink, 'centre');
        before = at;
      }
    });
  });
}
