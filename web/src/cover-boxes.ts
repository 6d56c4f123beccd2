// Boxes over a photo, in fractions of its width and height: what a person may do with them.

/** A part of a picture; `kind` says who or what found it, `name` says that in words. */
export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
  kind: string;
  name: string;
}

/** The side of a box that a tap adds, and the least side there may be. */
export const TAPPED = 0.12;
const LEAST = 0.01;

const within = (value: number, most: number): number => Math.min(Math.max(value, 0), most);

/** The box, no smaller than it may be and inside the picture. */
export function inside(box: Box): Box {
  const w = Math.min(Math.max(box.w, LEAST), 1);
  const h = Math.min(Math.max(box.h, LEAST), 1);
  return { ...box, w, h, x: within(box.x, 1 - w), y: within(box.y, 1 - h) };
}

/** The box between two points; where they are nearly the same, one of the size of a tap around them. */
export function between(from: [number, number], to: [number, number], name: string): Box {
  const [w, h] = [Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])];
  const hand = { kind: "hand", name };
  if (w < LEAST && h < LEAST)
    return inside({ ...hand, x: from[0] - TAPPED / 2, y: from[1] - TAPPED / 2, w: TAPPED, h: TAPPED });
  return inside({ ...hand, x: Math.min(from[0], to[0]), y: Math.min(from[1], to[1]), w, h });
}

/** The smallest box under a point, by its place in `boxes`; -1 where there is none. */
export function under(boxes: Box[], [x, y]: [number, number]): number {
  let found = -1;
  boxes.forEach((box, at) => {
    const hit = box.x <= x && x <= box.x + box.w && box.y <= y && y <= box.y + box.h;
    const best = boxes[found];
    if (hit && (!best || box.w * box.h < best.w * best.h)) found = at;
  });
  return found;
}

const STEP = 0.01;
const WAYS: Record<string, [number, number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/** The box after a key: arrows move it, with `larger` they change its size; null for any other key. */
export function pushed(box: Box, key: string, larger: boolean): Box | null {
  const way = WAYS[key];
  if (!way) return null;
  const [right, down] = way;
  return inside(
    larger ? { ...box, w: box.w + right, h: box.h + down } : { ...box, x: box.x + right, y: box.y + down },
  );
}
