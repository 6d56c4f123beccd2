// Draws a map on a plain canvas, by the processor. Where there is no graphics card this takes a fifth of what WebGL takes,
// which the processor would have to play; and it needs no WebGL. It shows our own boundaries, no tiles of a basemap.
import { type Answer, followCounts, NEARER } from "./map-counts";
import {
  type Bounds,
  type DrawnMap,
  firstBounds,
  type MapFacts,
  NEAREST_AT_FIRST,
  type Place,
  readAreas,
  ROOM,
  ZOOM_TO_PICK,
} from "./map-facts";
import { followHand, type Held, middleOf } from "./map-hand";
import type { Item } from "./map-items";
import { type Look, lookOf, paint, type Scene } from "./map-painting";
import { pinsOf, Shapes, spotsOn, under } from "./map-scene";
import { boundsOf, fitted, movedTo, placeOf, type Point, type View, worldAt, worldOf, zoomedAt } from "./map-view";
import { PIN_SIZE } from "./pins";
import { words } from "./words";

const WORLD: Bounds = [-180, -85, 180, 85];

/** Draw into `frame`; `chosen` is told the id of an item that was pressed. Rejects when the browser cannot draw. */
export async function draw(
  frame: HTMLElement,
  facts: MapFacts,
  chosen: (id: string) => void,
): Promise<DrawnMap> {
  const areas = await readAreas(facts.areas);
  const canvas = document.createElement("canvas");
  // painted where it is kept: a page that has a card played by the processor would else have that card paint
  const pen = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  if (!pen) throw new Error("no canvas to draw on");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "region");
  canvas.setAttribute("aria-label", facts.label);
  canvas.setAttribute("aria-description", words("mapKeys"));
  frame.classList.add("plain");
  frame.append(canvas);
  const size: Point = [frame.clientWidth, frame.clientHeight];
  const view = fitted(size, firstBounds(facts, areas) ?? WORLD, ROOM, NEAREST_AT_FIRST);
  return new PlainMap(canvas, pen, view, areas, facts, chosen);
}

class PlainMap implements DrawnMap, Held {
  view: View;
  readonly whole: Promise<void>;
  readonly #canvas: HTMLCanvasElement;
  readonly #pen: CanvasRenderingContext2D;
  readonly #shapes: Shapes;
  readonly #scene: Scene;
  readonly #chosen: (id: string) => void;
  readonly #gone = new AbortController();
  #look: Look = lookOf();
  #frame = 0;
  #picked: ((place: Place) => void) | null = null;
  #rested: () => void = () => {};

  constructor(
    canvas: HTMLCanvasElement,
    pen: CanvasRenderingContext2D,
    view: View,
    areas: GeoJSON.FeatureCollection,
    facts: MapFacts,
    chosen: (id: string) => void,
  ) {
    [this.#canvas, this.#pen, this.view, this.#chosen] = [canvas, pen, view, chosen];
    this.#shapes = new Shapes(view.middle);
    const ground = this.#shapes.ground(areas, facts.highlight);
    const nothing = this.#shapes.of([]);
    this.#scene = { origin: view.middle, ground, cells: nothing, rings: nothing, pins: [], spots: [] };
    this.show(facts.items);
    this.whole = new Promise((done) => requestAnimationFrame(() => done()));
    followHand(canvas, this);
    this.#followPage();
    if (facts.counts) this.#follow(facts.counts);
  }

  #followPage(): void {
    const { signal } = this.#gone;
    const sizes = new ResizeObserver(() => this.#resize());
    sizes.observe(this.#canvas.parentElement ?? this.#canvas);
    signal.addEventListener("abort", () => sizes.disconnect());
    const repaint = (): void => {
      this.#look = lookOf();
      this.#paintSoon();
    };
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint, { signal });
  }

  #follow(address: string): void {
    const seen = () => ({ bounds: boundsOf(this.view), zoom: this.view.zoom });
    const counts = followCounts({ seen, put: (answer) => this.#put(answer) }, address);
    this.#rested = () => void counts.ask();
    this.#gone.signal.addEventListener("abort", () => counts.stop());
    this.#rested();
  }

  #put(answer: Answer): void {
    this.#scene.rings = this.#shapes.of(answer.cells.map((each) => each.ring));
    this.#scene.spots = spotsOn(answer);
    this.#paintSoon();
  }

  show(items: Item[]): void {
    this.#scene.cells = this.#shapes.of(items.flatMap((item) => (item.cell ? [item.cell] : [])));
    this.#scene.pins = pinsOf(items);
    this.#paintSoon();
  }

  zoomBy(steps: number): void {
    this.move(zoomedAt(this.view, steps, middleOf(this.view)));
    this.#rested();
  }

  pick(from: Place | null, picked: (place: Place) => void): void {
    if (from) this.move({ ...movedTo(this.view, worldOf(from)), zoom: ZOOM_TO_PICK });
    this.#picked = picked;
    this.#canvas.focus();
  }

  remove(): void {
    cancelAnimationFrame(this.#frame);
    this.#gone.abort();
    this.#canvas.remove();
  }

  move(view: View): void {
    this.view = view;
    this.#paintSoon();
  }

  rest(): void {
    this.#rested();
    this.#picked?.(placeOf(this.view.middle));
  }

  press(at: Point): void {
    const there = movedTo(this.view, worldAt(this.view, at));
    if (this.#picked) {
      this.move(there);
      return this.rest();
    }
    const spot = under(this.view, this.#scene.spots, this.#reach, at);
    const pin = under(this.view, this.#scene.pins, this.#reach, at);
    if (spot?.address) location.assign(spot.address);
    else if (pin) this.#chosen(pin.item.id);
    else if (spot) {
      this.move(zoomedAt(there, NEARER, middleOf(there)));
      this.rest();
    }
  }

  hover(at: Point): void {
    const spot = under(this.view, this.#scene.spots, this.#reach, at);
    const pin = under(this.view, this.#scene.pins, this.#reach, at);
    this.#canvas.style.cursor = spot || (pin && !this.#picked) ? "pointer" : "";
    this.#canvas.title = spot?.title || (pin?.item.title ?? "");
  }

  get #reach(): number {
    return (PIN_SIZE / 2) * this.#look.scale;
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas.parentElement ?? this.#canvas;
    this.#look = lookOf(); // letters of a wall grow with its width
    this.move({ ...this.view, width, height });
  }

  // whatever changed before the next frame is painted by it, once
  #paintSoon(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#paint());
  }

  #paint(): void {
    const dots = window.devicePixelRatio;
    const [width, height] = [Math.round(this.view.width * dots), Math.round(this.view.height * dots)];
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    paint(this.#pen, this.view, this.#scene, this.#look, dots);
  }
}
