import { createCanvas, loadImage } from '@napi-rs/canvas';
import { JobFailure } from '../../sandbox/job.ts';

const headerBytes = 26;

/** The pixels of a Windows bitmap, which the library for pictures does not read. Its size is read before anything is made of it. */
export async function bitmapPixels(
  bytes: Buffer,
  mostPixels: number,
): Promise<{ readonly data: Buffer; readonly width: number; readonly height: number }> {
  if (bytes.length < headerBytes) throw new JobFailure('damaged');
  const [wide, high] = [Math.abs(bytes.readInt32LE(18)), Math.abs(bytes.readInt32LE(22))];
  if (wide * high > mostPixels) throw new JobFailure('too_large');
  const image = await loadImage(bytes);
  const { width, height } = image;
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  return { data: Buffer.from(context.getImageData(0, 0, width, height).data.buffer), width, height };
}
