// Where words on a map stand: those of squares in their middle, names of areas beside them, none over another.
import type { Point } from "./map-view";

/** Left, top, right, bottom in pixels. */
export type Box = [left: number, top: number, right: number, bottom: number];

/** The share of their height by which lines of words are apart, and how far beside its point a name may stand. */
const LINE = 1.2;
const ASIDE = 1.2;

/** What lines of words cover in the middle of `at`; `wide` pixels for the widest of them. */
export function boxAround([x, y]: Point, wide: number, lines: number, size: number): Box {
  const [half, high] = [wide / 2, (lines * LINE * size) / 2];
  return [x - half, y - high, x + half, y + high];
}

/** Where the middles of lines of words are, from the first on. */
export function linesFrom(y: number, lines: number, size: number): number[] {
  return Array.from({ length: lines }, (_, line) => y + (line - (lines - 1) / 2) * LINE * size);
}

/** A free place for a word at `at`: there, below, above, right or left of it; null when all are taken. */
export function freeBox(at: Point, wide: number, size: number, taken: readonly Box[]): Box | null {
  const [x, y] = at;
  const [across, along] = [(ASIDE + LINE / 2) * size, ASIDE * size + wide / 2];
  const tried: Point[] = [at, [x, y + across], [x, y - across], [x + along, y], [x - along, y]];
  const boxes = tried.map((each) => boxAround(each, wide, 1, size));
  return boxes.find((box) => !taken.some((other) => overlap(box, other))) ?? null;
}

function overlap(one: Box, other: Box): boolean {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}
