// The hand on a map that is drawn without MapLibre: one finger or the mouse moves it, two fingers and the wheel zoom, keys do both.
import { movedBy, type Point, type View, zoomedAt } from "./map-view";

/** A map that follows a hand. */
export interface Held {
  readonly view: View;
  /** Show another view; more of them may follow at once. */
  move(view: View): void;
  /** The hand is done. */
  rest(): void;
  press(at: Point): void;
  /** The mouse is above a point, and nothing is pressed. */
  hover(at: Point): void;
}

const STEPS: Record<string, Point> = {
  ArrowLeft: [100, 0],
  ArrowRight: [-100, 0],
  ArrowUp: [0, 100],
  ArrowDown: [0, -100],
};
const ZOOMS: Record<string, number> = { "+": 1, "=": 1, "-": -1, _: -1 };
/** Pixels within which a press has not moved. */
const STILL = 4;
/** Pixels of the wheel for one step of zoom, and of one line where it counts lines. */
const WHEEL = 300;
const LINE = 20;
/** Milliseconds after which the wheel is at rest. */
const REST_MS = 150;

/** Let `canvas` be moved by hand. */
export function followHand(canvas: HTMLElement, map: Held): void {
  followPointers(canvas, map);
  followWheel(canvas, map);
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [step, zoom] = [STEPS[event.key], ZOOMS[event.key]];
    if (step) map.move(movedBy(map.view, step));
    else if (zoom) map.move(zoomedAt(map.view, zoom, middleOf(map.view)));
    else return;
    event.preventDefault();
    map.rest();
  });
}

/** The middle of the screen of a view. */
export function middleOf(view: View): Point {
  return [view.width / 2, view.height / 2];
}

function followPointers(canvas: HTMLElement, map: Held): void {
  const down = new Map<number, Point>();
  let way = 0;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    if (!down.size) way = 0;
    else way = STILL; // two fingers never press
    down.set(event.pointerId, pointOf(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    const [from, to] = [down.get(event.pointerId), pointOf(event)];
    if (!from) return map.hover(to);
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    down.set(event.pointerId, to);
    way += distance(from, to);
    if (other) map.move(pinched(map.view, from, to, other));
    else if (way >= STILL) map.move(movedBy(map.view, [to[0] - from[0], to[1] - from[1]]));
  });
  const up = (event: PointerEvent): void => {
    if (!down.delete(event.pointerId) || down.size) return;
    if (way >= STILL) map.rest();
    else if (event.type === "pointerup") map.press(pointOf(event));
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("dblclick", (event) => {
    map.move(zoomedAt(map.view, event.shiftKey ? -1 : 1, pointOf(event)));
    map.rest();
  });
}

// the finger that holds still carries half of the way, and what lies between both stays between them
function pinched(view: View, from: Point, to: Point, other: Point): View {
  const steps = Math.log2(Math.max(1, distance(to, other)) / Math.max(1, distance(from, other)));
  const carried = movedBy(view, [(to[0] - from[0]) / 2, (to[1] - from[1]) / 2]);
  return zoomedAt(carried, steps, [(to[0] + other[0]) / 2, (to[1] + other[1]) / 2]);
}

// the wheel scrolls the page until somebody is in the map
function followWheel(canvas: HTMLElement, map: Held): void {
  let resting: number | undefined;
  canvas.addEventListener("wheel", (event) => {
    if (document.activeElement !== canvas) return;
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE * event.deltaY : event.deltaY;
    map.move(zoomedAt(map.view, -pixels / WHEEL, pointOf(event)));
    window.clearTimeout(resting);
    resting = window.setTimeout(() => map.rest(), REST_MS);
  });
}

function pointOf(event: MouseEvent): Point {
  return [event.offsetX, event.offsetY];
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1]);
}
