// What a map is drawn from, and what its page does with it once it is drawn, whichever way that is.
import { type Item, roomyBoundsOf } from "./map-items";
import { extentOf } from "./map-style";

/** What a map is drawn from. */
export interface MapFacts {
  areas: string;
  /** Where to ask for counts of each view; "" for a map of `items` alone. */
  counts: string;
  basemap: string;
  highlight: string;
  items: Item[];
  label: string;
  bounds: Bounds | null;
}

/** West, south, east, north in degrees. */
export type Bounds = [west: number, south: number, east: number, north: number];

/** Longitude and latitude in degrees. */
export type Place = [lng: number, lat: number];

/** What the page does with a drawn map. */
export interface DrawnMap {
  /** Settles once all of it is drawn for the first time. */
  readonly whole: Promise<void>;
  show(items: Item[]): void;
  zoomBy(steps: number): void;
  /** Look at `from`, bring what is pressed to the middle, and tell of the middle whenever somebody moves the map. */
  pick(from: Place | null, picked: (place: Place) => void): void;
  remove(): void;
}

/** Pixels left free around what a map begins with; how near it looks then, at the most, and to pick a place. */
export const ROOM = 36;
export const NEAREST_AT_FIRST = 12.5;
export const NEAREST = 18;
export const ZOOM_TO_PICK = 15;

/** Boundaries; a map without them still has its pins. */
export async function readAreas(address: string): Promise<GeoJSON.FeatureCollection> {
  const nothing: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
  const answer = await fetch(address).catch(() => null);
  return answer?.ok ? ((await answer.json()) as GeoJSON.FeatureCollection) : nothing;
}

/** What a map shows at first; null when nothing says where to look. */
export function firstBounds(facts: MapFacts, areas: GeoJSON.FeatureCollection): Bounds | null {
  // a map of counts shows the whole area that it is about, wherever in it the items of the list lie
  const own = facts.counts && facts.highlight ? extentOf(areas, facts.highlight) : null;
  return own ?? roomyBoundsOf(facts.items) ?? facts.bounds ?? extentOf(areas);
}
