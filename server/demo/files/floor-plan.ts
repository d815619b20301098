import { seededRandom } from '../random.ts';
import { Canvas } from './canvas.ts';
import { content, type DemoContent } from './content.ts';
import { encodePng } from './png.ts';

const wall = 0x2b3648;
const machine = 0x24508f;
const safety = 0xb98a2e;
const faint = 0xe6ebf2;

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A gap in a wall with the door's swing: down through a horizontal wall, to the right through a vertical one. */
function door(canvas: Canvas, x: number, y: number, size: number, onHorizontalWall: boolean): void {
  if (onHorizontalWall) {
    canvas.rectangle(x, y - 6, size, 13, 0xffffff);
    canvas.line(x, y, x, y + size, 2, wall);
    canvas.arc(x, y, size, 0, Math.PI / 2, 1.5, wall);
  } else {
    canvas.rectangle(x - 6, y, 13, size, 0xffffff);
    canvas.line(x, y, x + size, y, 2, wall);
    canvas.arc(x, y, size, 0, Math.PI / 2, 1.5, wall);
  }
}

/** Machines stand in rows with a walkway around each. */
function machines(
  canvas: Canvas,
  area: Area,
  columns: number,
  rows: number,
  random: ReturnType<typeof seededRandom>,
  number: number,
): number {
  let next = number;
  const cellWidth = area.width / columns;
  const cellHeight = area.height / rows;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const width = cellWidth * (0.5 + random.next() * 0.14);
      const height = cellHeight * (0.42 + random.next() * 0.14);
      const x = area.x + cellWidth * column + (cellWidth - width) / 2;
      const y = area.y + cellHeight * row + (cellHeight - height) / 2;
      canvas.rectangle(x, y, width, height, 0xdfe8f4);
      canvas.frame(x, y, width, height, 2.5, machine);
      canvas.line(x, y + height * 0.72, x + width, y + height * 0.72, 1.2, machine);
      canvas.label(x + width / 2, y + height * 0.28, String(next), 3, machine, 'centre');
      next += 1;
    }
  }
  return next;
}

function dimension(canvas: Canvas, x1: number, y1: number, x2: number, y2: number, text: string): void {
  canvas.line(x1, y1, x2, y2, 1.2, wall);
  const acrossX = y1 === y2 ? 0 : 8;
  const acrossY = y1 === y2 ? 8 : 0;
  canvas.line(x1 - acrossX, y1 - acrossY, x1 + acrossX, y1 + acrossY, 1.8, wall);
  canvas.line(x2 - acrossX, y2 - acrossY, x2 + acrossX, y2 + acrossY, 1.8, wall);
  canvas.label((x1 + x2) / 2 - (y1 === y2 ? 0 : 14), (y1 + y2) / 2 - (y1 === y2 ? 22 : 7), text, 2, wall, y1 === y2 ? 'centre' : 'right');
}

/** The layout of a factory floor: hall, two side rooms, machines in rows, a walkway and dimensions in metres. */
export function floorPlan(seed: number, variant: 'A' | 'B' | 'C'): DemoContent {
  return content('image/png', () => {
    const random = seededRandom(seed);
    const canvas = new Canvas(1_600, 1_000, 0xffffff);
    for (let x = 120; x <= 1_520; x += 50) canvas.line(x, 90, x, 900, 1, faint);
    for (let y = 100; y <= 900; y += 50) canvas.line(110, y, 1_530, y, 1, faint);
    const roomsWidth = variant === 'A' ? 300 : variant === 'B' ? 350 : 250;
    const split = 1_520 - roomsWidth;
    const walkway = variant === 'B' ? 560 : 500;
    canvas.rectangle(124, walkway - 34, split - 128, 68, 0xfbf3df);
    for (let x = 140; x < split - 30; x += 44) {
      canvas.line(x, walkway - 34, x + 22, walkway - 34, 3, safety);
      canvas.line(x, walkway + 34, x + 22, walkway + 34, 3, safety);
    }
    const next = machines(canvas, { x: 140, y: 120, width: split - 160, height: walkway - 170 }, variant === 'C' ? 6 : 5, 2, random, 1);
    machines(canvas, { x: 140, y: walkway + 50, width: split - 160, height: 840 - walkway }, variant === 'A' ? 5 : 4, 2, random, next);
    canvas.frame(120, 100, 1_400, 800, 9, wall);
    canvas.line(split, 100, split, 900, 6, wall);
    canvas.line(split, walkway - 60, 1_520, walkway - 60, 6, wall);
    canvas.line(split, walkway + 130, 1_520, walkway + 130, 6, wall);
    door(canvas, split, walkway - 20, 56, false);
    door(canvas, 640, 900, 90, true);
    door(canvas, split + roomsWidth / 2, walkway + 130, 60, true);
    dimension(canvas, 120, 56, split, 56, `${((split - 120) / 50).toFixed(1)} m`);
    dimension(canvas, split, 56, 1_520, 56, `${(roomsWidth / 50).toFixed(1)} m`);
    dimension(canvas, 84, 100, 84, 900, '16.0');
    canvas.label(1_480, 930, variant, 6, wall, 'right');
    return encodePng(canvas.width, canvas.height, canvas.pixels);
  });
}

/** A dimensioned drawing of a part: a plate with holes, seen from the front and the side. */
export function partDrawing(seed: number): DemoContent {
  return content('image/png', () => {
    const random = seededRandom(seed);
    const canvas = new Canvas(1_400, 900, 0xffffff);
    const plate = { x: 180, y: 180, width: 560 + random.between(0, 140), height: 420 };
    canvas.frame(30, 30, 1_340, 840, 2, wall);
    canvas.frame(980, 770, 390, 100, 2, wall);
    canvas.line(980, 820, 1_370, 820, 1.5, wall);
    canvas.label(1_000, 786, `D-${random.between(2_100, 2_899)}`, 3, wall);
    canvas.label(1_000, 836, '1/2', 3, wall);
    canvas.rectangle(plate.x, plate.y, plate.width, plate.height, 0xf3f6fa);
    canvas.frame(plate.x, plate.y, plate.width, plate.height, 4, wall);
    for (const [px, py] of [
      [0.12, 0.16],
      [0.88, 0.16],
      [0.12, 0.84],
      [0.88, 0.84],
    ] as const) {
      const x = plate.x + plate.width * px;
      const y = plate.y + plate.height * py;
      canvas.arc(x, y, 22, 0, Math.PI * 2, 3, wall);
      canvas.line(x - 34, y, x + 34, y, 1, machine);
      canvas.line(x, y - 34, x, y + 34, 1, machine);
    }
    const centre = { x: plate.x + plate.width / 2, y: plate.y + plate.height / 2 };
    for (const radius of [118, 84]) canvas.arc(centre.x, centre.y, radius, 0, Math.PI * 2, 3.5, wall);
    for (let hole = 0; hole < 6; hole += 1) {
      const angle = (hole * Math.PI) / 3;
      canvas.arc(centre.x + 101 * Math.cos(angle), centre.y + 101 * Math.sin(angle), 8, 0, Math.PI * 2, 2, wall);
    }
    canvas.line(plate.x - 30, centre.y, plate.x + plate.width + 30, centre.y, 1, machine);
    canvas.line(centre.x, plate.y - 30, centre.x, plate.y + plate.height + 30, 1, machine);
    canvas.rectangle(plate.x + plate.width + 170, plate.y, 74, plate.height, 0xf3f6fa);
    canvas.frame(plate.x + plate.width + 170, plate.y, 74, plate.height, 4, wall);
    dimension(canvas, plate.x, 130, plate.x + plate.width, 130, String(Math.round(plate.width / 2)));
    dimension(canvas, 140, plate.y, 140, plate.y + plate.height, String(plate.height / 2));
    dimension(canvas, plate.x + plate.width + 170, 130, plate.x + plate.width + 244, 130, '37');
    return encodePng(canvas.width, canvas.height, canvas.pixels);
  });
}
