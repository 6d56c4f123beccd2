// What stands on a map that is drawn without MapLibre, made ready once so that each frame only puts it where it lies.
import type { Answer } from "./map-counts";
import type { Place } from "./map-facts";
import type { Item } from "./map-items";
import { RANK } from "./map-style";
import { type Point, screenOf, type View, worldOf } from "./map-view";

/** A name and the point of its area, as shares of the world. */
export interface Name {
  name: string;
  level: string;
  at: Point;
}

/** An item of the list, with its point. */
export interface Pin {
  item: Item;
  at: Point;
}

/** A square's words and their middle, or a place with an address. */
export interface Spot {
  at: Point;
  lines: string[];
  address: string;
  title: string;
}

/** The boundaries; without any, all is land. */
export interface Ground {
  known: boolean;
  land: Path2D;
  chosen: Path2D;
  townships: Path2D;
  borders: Path2D;
  names: Name[];
}

/** Shapes are kept as this many parts of the world from an origin nearby: a shape's numbers have seven digits only. */
export const PARTS = 2 ** 20;

/** Shapes around an origin. */
export class Shapes {
  constructor(readonly origin: Point) {}

  /** The outlines as one shape. */
  of(rings: Iterable<GeoJSON.Position[]>): Path2D {
    const path = new Path2D();
    for (const ring of rings) {
      ring.forEach(([lng = 0, lat = 0], index) => {
        const [x, y] = worldOf([lng, lat]);
        const at: Point = [(x - this.origin[0]) * PARTS, (y - this.origin[1]) * PARTS];
        if (index) path.lineTo(...at);
        else path.moveTo(...at);
      });
      path.closePath();
    }
    return path;
  }

  /** The boundaries of `areas`; the one with the code `highlight` is a shape of its own. */
  ground(areas: GeoJSON.FeatureCollection, highlight: string): Ground {
    const path = (features: GeoJSON.Feature[]): Path2D => this.of(features.flatMap(ringsOf));
    const townships = areas.features.filter((each) => fact(each, "level") === "township");
    const wider = areas.features.filter((each) => fact(each, "level") !== "township");
    return {
      known: areas.features.length > 0,
      land: path(wider.length ? wider : townships),
      chosen: path(areas.features.filter((each) => highlight && fact(each, "code") === highlight)),
      townships: path(townships),
      borders: path(wider),
      names: areas.features.flatMap(nameOf),
    };
  }
}

function fact(feature: GeoJSON.Feature, name: string): string {
  return String(feature.properties?.[name] ?? "");
}

function ringsOf({ geometry }: GeoJSON.Feature): GeoJSON.Position[][] {
  if (geometry.type === "Polygon") return geometry.coordinates;
  return geometry.type === "MultiPolygon" ? geometry.coordinates.flat() : [];
}

function nameOf(feature: GeoJSON.Feature): Name[] {
  if (feature.geometry.type !== "Point") return [];
  const at = worldOf(feature.geometry.coordinates as Place);
  return [{ name: fact(feature, "name"), level: fact(feature, "level"), at }];
}

/** Items as pins, the late above the near, the near above the rest. */
export function pinsOf(items: Item[]): Pin[] {
  const pins = items.map((item) => ({ item, at: worldOf([item.lng, item.lat]) }));
  return pins.sort((one, other) => RANK[one.item.tone] - RANK[other.item.tone]);
}

/** The squares of an answer by their words, then its places. */
export function spotsOn(answer: Answer): Spot[] {
  return [
    ...answer.cells.map(({ n, words, middle }) => ({
      at: worldOf(middle),
      lines: (words ?? n.toLocaleString("en")).split("\n"),
      address: "",
      title: "",
    })),
    ...answer.points.map(({ address, title, lng, lat }) => ({ at: worldOf([lng, lat]), lines: [], address, title })),
  ];
}

/** Pixels around the middle of a square's words in which they are pressed. */
const WORDS: Point = [32, 24];

/** What lies uppermost under a point of the screen; a place and a pin reach `reach` pixels. */
export function under<Marked extends Pin | Spot>(view: View, marked: Marked[], reach: number, [x, y]: Point): Marked | null {
  const found = [...marked].reverse().find((each) => {
    const [left, top] = screenOf(view, each.at);
    const [wide, high] = "lines" in each && each.lines.length ? WORDS : [reach, reach];
    return Math.abs(left - x) < wide && Math.abs(top - y) < high;
  });
  return found ?? null;
}
