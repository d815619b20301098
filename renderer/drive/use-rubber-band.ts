import { useEffect, useRef, useState, type PointerEvent } from 'react';
import { chooseBand, type Selection } from './selection.ts';
import { touched, type Box, type Geometry } from './view-geometry.ts';

/** A press that moves less is a click. */
const leastPixels = 4;
/** Near an edge the view scrolls along, by so many pixels a frame. */
const edge = { within: 24, by: 18 } as const;

interface BandOptions {
  readonly scroller: HTMLElement | null;
  readonly geometry: Geometry;
  readonly order: readonly string[];
  readonly onSelection: (next: Selection) => void;
}
interface Press {
  readonly pointerId: number;
  /** In the coordinates of what scrolls. */
  readonly x: number;
  readonly y: number;
  readonly base: Selection;
  clientX: number;
  clientY: number;
  frame: number;
  moved: boolean;
}

/** Choosing by a frame that the mouse draws over empty space. `base` is what stays chosen beside it. */
export function useRubberBand(options: BandOptions): {
  readonly band: Box | null;
  readonly press: (event: PointerEvent, base: Selection) => void;
} {
  const [band, setBand] = useState<Box | null>(null);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const pressed = useRef<Press | null>(null);

  const pointOf = (clientX: number, clientY: number) => {
    const { scroller } = latest.current;
    const box = scroller!.getBoundingClientRect();
    return { x: clientX - box.left, y: clientY - box.top + scroller!.scrollTop };
  };
  const draw = () => {
    const now = pressed.current;
    const { scroller, geometry, order, onSelection } = latest.current;
    if (now === null || scroller === null) return;
    const view = scroller.getBoundingClientRect();
    const by = now.clientY < view.top + edge.within ? -edge.by : now.clientY > view.bottom - edge.within ? edge.by : 0;
    if (by !== 0) {
      scroller.scrollTop += by;
      now.frame = requestAnimationFrame(draw);
    }
    const to = pointOf(now.clientX, now.clientY);
    const most = Math.max(geometry.top, scroller.scrollHeight);
    const box: Box = {
      left: Math.max(0, Math.min(now.x, to.x)),
      right: Math.min(scroller.clientWidth, Math.max(now.x, to.x)),
      top: Math.max(0, Math.min(now.y, to.y)),
      bottom: Math.min(most, Math.max(now.y, to.y)),
    };
    setBand(box);
    onSelection(
      chooseBand(
        now.base,
        touched(geometry, box).map((index) => order[index]!),
      ),
    );
  };

  const press = (event: PointerEvent, base: Selection) => {
    const { x, y } = pointOf(event.clientX, event.clientY);
    const now: Press = { pointerId: event.pointerId, x, y, base, clientX: event.clientX, clientY: event.clientY, frame: 0, moved: false };
    pressed.current = now;
    const move = (moved: globalThis.PointerEvent) => {
      now.clientX = moved.clientX;
      now.clientY = moved.clientY;
      now.moved ||= Math.hypot(moved.clientX - event.clientX, moved.clientY - event.clientY) >= leastPixels;
      if (!now.moved) return;
      moved.preventDefault();
      cancelAnimationFrame(now.frame);
      now.frame = requestAnimationFrame(draw);
    };
    const end = () => {
      cancelAnimationFrame(now.frame);
      pressed.current = null;
      setBand(null);
      for (const type of ['pointerup', 'pointercancel', 'blur', 'dragstart'] as const) window.removeEventListener(type, end);
      window.removeEventListener('pointermove', move);
    };
    window.addEventListener('pointermove', move);
    for (const type of ['pointerup', 'pointercancel', 'blur', 'dragstart'] as const) window.addEventListener(type, end);
  };
  return { band, press };
}
