import { beforeEach, expect, test, vi } from "vitest";
import { followHand } from "../src/map-hand";
import { type Point, screenOf, type View, worldAt, worldOf } from "../src/map-view";

const START: View = { middle: worldOf([121, 28]), zoom: 10, width: 800, height: 600 };

class Recorded {
  view = START;
  said: string[] = [];
  move(view: View): void {
    this.view = view;
  }
  rest(): void {
    this.said.push("rest");
  }
  press([x, y]: Point): void {
    this.said.push(`press ${x},${y}`);
  }
  hover([x, y]: Point): void {
    this.said.push(`hover ${x},${y}`);
  }
}

let canvas: HTMLElement;
let map: Recorded;

beforeEach(() => {
  document.body.innerHTML = "<canvas tabindex=0></canvas>";
  canvas = document.body.firstElementChild as HTMLElement;
  canvas.setPointerCapture = () => {};
  map = new Recorded();
  followHand(canvas, map);
});

function send<Kind extends MouseEvent>(event: Kind, [x, y]: Point): Kind {
  Object.defineProperties(event, { offsetX: { value: x }, offsetY: { value: y } });
  canvas.dispatchEvent(event);
  return event;
}

function finger(type: string, at: Point, pointerId = 1, button = 0): void {
  send(new PointerEvent(type, { pointerId, button }), at);
}

/** Where what was at a point of the screen at first is now. */
function now(at: Point): Point {
  const [x, y] = screenOf(map.view, worldAt(START, at));
  return [Math.round(x), Math.round(y)];
}

test("a hand that drags takes the map with it, and is at rest when it lets go", () => {
  finger("pointerdown", [100, 100]);
  finger("pointermove", [150, 120]);
  finger("pointermove", [170, 110]);
  expect(map.said).toEqual([]);
  finger("pointerup", [170, 110]);

  expect([now([400, 300]), map.said]).toEqual([[470, 310], ["rest"]]);
});

test("a hand that hardly moves has pressed; another button has not", () => {
  finger("pointerdown", [100, 100], 1, 2);
  finger("pointerup", [100, 100], 1, 2);
  finger("pointerdown", [100, 100]);
  finger("pointermove", [101, 101]);
  finger("pointerup", [101, 101]);

  expect([map.view, map.said]).toEqual([START, ["press 101,101"]]);
});

test("a press that is taken away by the browser is none", () => {
  finger("pointerdown", [100, 100]);
  finger("pointercancel", [100, 100]);

  expect(map.said).toEqual([]);
});

test("two fingers that part bring the map nearer, around what lies between them", () => {
  finger("pointerdown", [300, 300], 1);
  finger("pointerdown", [500, 300], 2);
  finger("pointermove", [200, 300], 1);
  finger("pointermove", [600, 300], 2);
  finger("pointerup", [200, 300], 1);
  finger("pointerup", [600, 300], 2);

  expect(map.view.zoom).toBeCloseTo(11, 6);
  expect([now([400, 300]), map.said]).toEqual([[400, 300], ["rest"]]);
});

test("the wheel scrolls the page until somebody is in the map", () => {
  vi.useFakeTimers();
  const turn = () => send(new WheelEvent("wheel", { deltaY: -300, cancelable: true }), [200, 100]).defaultPrevented;

  expect([turn(), map.view.zoom]).toEqual([false, 10]);
  canvas.focus();
  expect([turn(), turn(), map.view.zoom, now([200, 100])]).toEqual([true, true, 12, [200, 100]]);
  expect(map.said).toEqual([]);
  vi.runAllTimers();
  expect(map.said).toEqual(["rest"]);
  vi.useRealTimers();
});

test("keys move and zoom; those of the browser and the rest are left alone", () => {
  const press = (key: string, more: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent("keydown", { key, cancelable: true, ...more });
    canvas.dispatchEvent(event);
    return event.defaultPrevented;
  };

  expect(["ArrowLeft", "ArrowUp"].map((key) => press(key))).toEqual([true, true]);
  expect(now([400, 300])).toEqual([500, 400]);
  expect([press("+"), map.view.zoom, press("-"), map.view.zoom]).toEqual([true, 11, true, 10]);
  expect([press("a"), press("+", { ctrlKey: true }), map.view.zoom]).toEqual([false, false, 10]);
  expect(map.said).toHaveLength(4);
});

test("a double press brings the map nearer there, with Shift farther", () => {
  send(new MouseEvent("dblclick"), [200, 100]);
  expect([map.view.zoom, now([200, 100])]).toEqual([11, [200, 100]]);
  send(new MouseEvent("dblclick", { shiftKey: true }), [200, 100]);
  expect(map.view.zoom).toBe(10);
});
