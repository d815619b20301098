import sharp from 'sharp';

/** A picture's pixels, to be asked by place. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue at a place, given as shares of width and height. */
  at(x: number, y: number): readonly [number, number, number];
  /** The share of pixels in a rectangle (shares again) that `test` says yes to. */
  share(rectangle: readonly [number, number, number, number], test: (rgb: readonly [number, number, number]) => boolean): number;
}

export async function pixelsOf(picture: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(picture).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const get = (column: number, row: number): readonly [number, number, number] => {
    const start = (row * width + column) * 3;
    return [data[start]!, data[start + 1]!, data[start + 2]!];
  };
  return {
    width,
    height,
    at: (x, y) => get(Math.min(width - 1, Math.floor(x * width)), Math.min(height - 1, Math.floor(y * height))),
    share: ([left, top, right, bottom], test) => {
      let [all, yes] = [0, 0];
      for (let row = Math.floor(top * height); row < bottom * height; row += 1) {
        for (let column = Math.floor(left * width); column < right * width; column += 1) {
          all += 1;
          if (test(get(column, row))) yes += 1;
        }
      }
      return yes / all;
    },
  };
}

/** Whether a colour is about another, by channel. */
export const isAbout =
  (wanted: readonly [number, number, number], tolerance = 24) =>
  (rgb: readonly [number, number, number]): boolean =>
    rgb.every((value, index) => Math.abs(value - wanted[index]!) <= tolerance);
export const isDark = ([red, green, blue]: readonly [number, number, number]): boolean => red + green + blue < 300;
