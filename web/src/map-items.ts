// What a map shows is what the list beside it holds: each item of the list says where it is.
// <tr id="case-7" data-lng="121.42" data-lat="28.66" data-tone="amber" data-cell="121.41,28.66 121.42,28.67 …">

/** How a pin looks: on time, near due, overdue, clock stopped. */
export const TONES = ["ok", "amber", "red", "stop"] as const;
export type Tone = (typeof TONES)[number];

/** One thing on the map; `cell` is the outline of an approximate place. */
export interface Item {
  id: string;
  title: string;
  number: string;
  /** How many it stands for, written beside it; "" for one. */
  count: string;
  tone: Tone;
  lng: number;
  lat: number;
  cell: [number, number][] | null;
}

/** The items of a list, in its order; one without a place is left to the list. */
export function itemsOf(list: ParentNode): Item[] {
  return [...list.querySelectorAll<HTMLElement>("[data-lng][data-lat]")].flatMap((row) => itemOf(row) ?? []);
}

function itemOf(row: HTMLElement): Item | null {
  const { lng = "", lat = "", tone = "", cell = "", number = "", count = "" } = row.dataset;
  const place = pointOf(`${lng},${lat}`);
  if (!place) return null;
  return {
    id: row.id,
    title: (row.querySelector("a.t, span.t, a")?.textContent ?? "").trim(),
    number,
    count,
    tone: TONES.find((each) => each === tone) ?? "ok",
    lng: place[0],
    lat: place[1],
    cell: cell ? outlineOf(cell) : null,
  };
}

function pointOf(words: string): [number, number] | null {
  const [lng, lat] = words.split(",").map((word) => (word.trim() ? Number(word) : Number.NaN));
  if (lng === undefined || lat === undefined || !Number.isFinite(lng) || !Number.isFinite(lat)) return null;
  return Math.abs(lng) <= 180 && Math.abs(lat) <= 90 ? [lng, lat] : null;
}

function outlineOf(words: string): [number, number][] | null {
  const points = words.split(" ").flatMap((word) => {
    const point = pointOf(word);
    return point ? [point] : [];
  });
  const first = points[0];
  return first && points.length > 2 ? [...points, first] : null;
}

/** West, south, east, north of all items; null when there is none. */
export function boundsOf(items: Item[]): [number, number, number, number] | null {
  const points = items.flatMap((item) => item.cell ?? [[item.lng, item.lat] as [number, number]]);
  if (!points.length) return null;
  const lngs = points.map((point) => point[0]);
  const lats = points.map((point) => point[1]);
  return [Math.min(...lngs), Math.min(...lats), Math.max(...lngs), Math.max(...lats)];
}

/** Bounds with room for what lies around the items: one that counts stands in the middle of an area. */
export function roomyBoundsOf(items: Item[]): [number, number, number, number] | null {
  const bounds = boundsOf(items);
  if (!bounds || !items.some((item) => item.count)) return bounds;
  const [west, south, east, north] = bounds;
  const [aside, above] = [(east - west) / 4, (north - south) / 4];
  return [west - aside, south - above, east + aside, north + above];
}
