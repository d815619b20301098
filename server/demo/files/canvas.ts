/** A colour as 0xRRGGBB. */
export type Colour = number;

/** 5 × 7 dots a sign, one number a row, the leftmost dot the highest bit. */
const signs: Readonly<Record<string, readonly number[]>> = {
  '0': [14, 17, 19, 21, 25, 17, 14],
  '1': [4, 12, 4, 4, 4, 4, 14],
  '2': [14, 17, 1, 2, 4, 8, 31],
  '3': [31, 2, 4, 2, 1, 17, 14],
  '4': [2, 6, 10, 18, 31, 2, 2],
  '5': [31, 16, 30, 1, 1, 17, 14],
  '6': [6, 8, 16, 30, 17, 17, 14],
  '7': [31, 1, 2, 4, 8, 8, 8],
  '8': [14, 17, 17, 14, 17, 17, 14],
  '9': [14, 17, 17, 15, 1, 2, 12],
  '.': [0, 0, 0, 0, 0, 12, 12],
  '-': [0, 0, 0, 31, 0, 0, 0],
  '/': [0, 1, 2, 4, 8, 16, 0],
  '%': [24, 25, 2, 4, 8, 19, 3],
  A: [14, 17, 17, 31, 17, 17, 17],
  B: [30, 17, 17, 30, 17, 17, 30],
  C: [14, 17, 16, 16, 16, 17, 14],
  D: [28, 18, 17, 17, 17, 18, 28],
  m: [0, 0, 26, 21, 21, 21, 21],
  t: [8, 8, 28, 8, 8, 9, 6],
};

/** A raster with the few smooth shapes that charts and plans need. Coordinates are pixels from the top left. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  /** Three bytes a pixel. */
  readonly pixels: Uint8Array;

  constructor(width: number, height: number, background: Colour) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8Array(width * height * 3);
    this.rectangle(0, 0, width, height, background);
  }

  private blend(x: number, y: number, colour: Colour, coverage: number): void {
    if (coverage <= 0 || x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const offset = (y * this.width + x) * 3;
    for (let part = 0; part < 3; part += 1) {
      const wanted = (colour >> (16 - part * 8)) & 0xff;
      const old = this.pixels[offset + part] ?? 0;
      this.pixels[offset + part] = Math.round(old + (wanted - old) * Math.min(1, coverage));
    }
  }

  rectangle(x: number, y: number, width: number, height: number, colour: Colour, opacity = 1): void {
    for (let row = Math.floor(y); row < y + height; row += 1) {
      for (let column = Math.floor(x); column < x + width; column += 1) this.blend(column, row, colour, opacity);
    }
  }

  frame(x: number, y: number, width: number, height: number, thickness: number, colour: Colour): void {
    this.line(x, y, x + width, y, thickness, colour);
    this.line(x, y + height, x + width, y + height, thickness, colour);
    this.line(x, y, x, y + height, thickness, colour);
    this.line(x + width, y, x + width, y + height, thickness, colour);
  }

  /** A line with round ends, smooth at the edges: coverage falls over one pixel of distance. */
  line(x1: number, y1: number, x2: number, y2: number, thickness: number, colour: Colour): void {
    const reach = thickness / 2 + 1;
    const length2 = (x2 - x1) ** 2 + (y2 - y1) ** 2;
    for (let y = Math.floor(Math.min(y1, y2) - reach); y <= Math.max(y1, y2) + reach; y += 1) {
      for (let x = Math.floor(Math.min(x1, x2) - reach); x <= Math.max(x1, x2) + reach; x += 1) {
        const along = length2 === 0 ? 0 : Math.max(0, Math.min(1, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length2));
        const distance = Math.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1));
        this.blend(x, y, colour, thickness / 2 + 0.5 - distance);
      }
    }
  }

  disc(x: number, y: number, radius: number, colour: Colour): void {
    this.line(x, y, x, y, radius * 2, colour);
  }

  /** A part of a circle's line; angles in radians, clockwise from the right. */
  arc(x: number, y: number, radius: number, from: number, to: number, thickness: number, colour: Colour): void {
    const steps = Math.max(8, Math.ceil(radius * Math.abs(to - from) * 0.25));
    for (let step = 0; step < steps; step += 1) {
      const a = from + ((to - from) * step) / steps;
      const b = from + ((to - from) * (step + 1)) / steps;
      this.line(x + radius * Math.cos(a), y + radius * Math.sin(a), x + radius * Math.cos(b), y + radius * Math.sin(b), thickness, colour);
    }
  }

  /** Digits and the few signs of the table above; `align` says which side of the text `x` is. */
  label(x: number, y: number, text: string, scale: number, colour: Colour, align: 'left' | 'right' | 'centre' = 'left'): void {
    const width = text.length * 6 * scale - scale;
    let left = Math.round(x - (align === 'right' ? width : align === 'centre' ? width / 2 : 0));
    for (const char of text) {
      (signs[char] ?? []).forEach((bits, row) => {
        for (let column = 0; column < 5; column += 1) {
          if ((bits >> (4 - column)) & 1) this.rectangle(left + column * scale, Math.round(y) + row * scale, scale, scale, colour);
        }
      });
      left += 6 * scale;
    }
  }
}
