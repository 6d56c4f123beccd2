// Where on the screen a place lies: the Web Mercator projection, in which the world is one square.
import { type Bounds, NEAREST, type Place } from "./map-facts";

/** A point: pixels on the screen from the upper left of the map, or shares of the world from its upper left. */
export type Point = [x: number, y: number];

/** What is seen: the middle as shares of the world, the zoom (0: the world is 512 pixels wide), pixels of the map. */
export interface View {
  middle: Point;
  zoom: number;
  width: number;
  height: number;
}

const WORLD = 512;
/** Degrees north and south at which the square ends. */
const EDGE = 85.051129;

const within = (least: number, value: number, most: number): number => Math.min(Math.max(value, least), most);

/** How many pixels the world is wide. */
export function scaleOf(view: View): number {
  return WORLD * 2 ** view.zoom;
}

/** A place as shares of the world. */
export function worldOf([lng, lat]: Place): Point {
  const angle = (within(-EDGE, lat, EDGE) * Math.PI) / 180;
  return [lng / 360 + 0.5, 0.5 - Math.asinh(Math.tan(angle)) / (2 * Math.PI)];
}

/** The place at a point of the world. */
export function placeOf([x, y]: Point): Place {
  return [(x - 0.5) * 360, (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI];
}

/** Where on the screen a point of the world lies. */
export function screenOf(view: View, [x, y]: Point): Point {
  const scale = scaleOf(view);
  return [(x - view.middle[0]) * scale + view.width / 2, (y - view.middle[1]) * scale + view.height / 2];
}

/** The point of the world under a point of the screen. */
export function worldAt(view: View, [x, y]: Point): Point {
  const scale = scaleOf(view);
  return [view.middle[0] + (x - view.width / 2) / scale, view.middle[1] + (y - view.height / 2) / scale];
}

/** The view with another middle, not beyond the edge of the world. */
export function movedTo(view: View, [x, y]: Point): View {
  return { ...view, middle: [within(0, x, 1), within(0, y, 1)] };
}

/** The view after what it shows was moved by so many pixels. */
export function movedBy(view: View, [right, down]: Point): View {
  return movedTo(view, worldAt(view, [view.width / 2 - right, view.height / 2 - down]));
}

/** The view nearer by so many steps; what lies at a point of the screen stays there. */
export function zoomedAt(view: View, steps: number, at: Point): View {
  const nearer = { ...view, zoom: within(0, view.zoom + steps, NEAREST) };
  const [from, to] = [worldAt(view, at), worldAt(nearer, at)];
  return movedTo(nearer, [view.middle[0] + from[0] - to[0], view.middle[1] + from[1] - to[1]]);
}

/** The view of so many pixels that shows all of `bounds`, with `room` pixels around them. */
export function fitted([width, height]: Point, [west, south, east, north]: Bounds, room: number, nearest: number): View {
  const [[left, top], [right, bottom]] = [worldOf([west, north]), worldOf([east, south])];
  const share = Math.min(
    Math.max(1, width - 2 * room) / Math.max(right - left, Number.EPSILON),
    Math.max(1, height - 2 * room) / Math.max(bottom - top, Number.EPSILON),
  );
  const zoom = within(0, Math.log2(share / WORLD), nearest);
  return { middle: [(left + right) / 2, (top + bottom) / 2], zoom, width, height };
}

/** What a view shows. */
export function boundsOf(view: View): Bounds {
  const [west, north] = placeOf(worldAt(view, [0, 0]));
  const [east, south] = placeOf(worldAt(view, [view.width, view.height]));
  return [west, south, east, north];
}
