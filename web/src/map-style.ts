// The look of a map: our own boundaries on water, or tiles of the city's choice under the same pins.
import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import type { Item } from "./map-items";
import { token } from "./pins";

type Collection = GeoJSON.FeatureCollection;

/** Items as points, for the pins. */
export function pointsOf(items: Item[]): Collection {
  return collection(
    items.map((item) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [item.lng, item.lat] },
      properties: {
        id: item.id,
        title: item.title,
        number: item.number,
        count: item.count,
        tone: item.tone,
        rank: RANK[item.tone],
      },
    })),
  );
}

/** Counties from afar, townships from nearby, names of one level at a time: from this zoom up to that. */
export const NAMES: Record<string, [from: number, to: number]> = { city: [0, 24], county: [0, 10.5], township: [10.5, 24] };
/** The zoom from which on borders of townships are drawn. */
export const TOWNSHIPS_FROM = 9;

/** Which pins lie above which. */
export const RANK = { red: 3, amber: 2, ok: 1, stop: 0 };

/** Items whose place is approximate, as cells. */
export function cellsOf(items: Item[]): Collection {
  return collection(
    items.flatMap((item) =>
      item.cell
        ? [
            {
              type: "Feature" as const,
              geometry: { type: "Polygon" as const, coordinates: [item.cell] },
              properties: { tone: item.tone },
            },
          ]
        : [],
    ),
  );
}

function collection(features: GeoJSON.Feature[]): Collection {
  return { type: "FeatureCollection", features };
}

/** West, south, east, north of all boundaries, or of the area with this code; null when there are none.
 *
 * A city without a boundary says where it lies by the `bbox` of the collection. */
export function extentOf(areas: Collection, code = ""): [number, number, number, number] | null {
  const chosen = areas.features.filter((each) => !code || each.properties?.["code"] === code);
  const points = chosen.flatMap((each) =>
    "coordinates" in each.geometry ? (each.geometry.coordinates as unknown[]).flat(3) : [],
  );
  const numbers = points.filter((each): each is number => typeof each === "number");
  const lngs = numbers.filter((_, index) => index % 2 === 0);
  const lats = numbers.filter((_, index) => index % 2 === 1);
  if (!lats.length) return !code && areas.bbox?.length === 4 ? areas.bbox : null;
  return [least(lngs), least(lats), most(lngs), most(lats)];
}

// a reduction, for there may be more numbers than a call takes arguments
const least = (numbers: number[]): number => numbers.reduce((a, b) => Math.min(a, b));
const most = (numbers: number[]): number => numbers.reduce((a, b) => Math.max(a, b));

/** The layer below which grounds are drawn, so that they cover no name and no pin. */
export function aboveGrounds(has: (id: string) => boolean): string {
  return has("names-city") ? "names-city" : "pins";
}

/** How much larger than usual the letters of the page are, as on a wall: those of its map follow. */
export function scale(): number {
  return Math.max(1, parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1);
}

/** A style over `areas` and `basemap`: "", a tile address, or an address ending in .pmtiles; `layers` are those of a
 * file of shapes, none for pictures. */
export function styleOf(
  areas: Collection,
  basemap: string,
  highlight: string,
  items: Item[],
  layers: string[] = [],
): StyleSpecification {
  const tiles = basemap ? tileSource(basemap, layers.length > 0) : null;
  const pictures = tiles !== null && !layers.length;
  return {
    version: 8,
    sources: {
      ...(tiles ? { tiles } : {}),
      areas: { type: "geojson", data: areas, attribution: "" },
      cells: { type: "geojson", data: cellsOf(items) },
      items: { type: "geojson", data: pointsOf(items) },
    },
    layers: [
      {
        id: "ground",
        type: "background",
        paint: { "background-color": token(areas.features.length && !layers.length ? "--m-water" : "--m-land") },
      },
      ...(pictures ? [tileLayer()] : tiles ? layers.flatMap(shapeLayers) : landLayers(highlight)),
      ...borders(Boolean(tiles)),
      ...cellLayers(),
      ...(pictures ? [] : names()),
      pins(),
      counts(),
    ],
  };
}

function tileSource(basemap: string, shapes: boolean): SourceSpecification {
  if (shapes) return { type: "vector", url: `pmtiles://${basemap}` };
  if (basemap.endsWith(".pmtiles")) return { type: "raster", url: `pmtiles://${basemap}`, tileSize: 256 };
  return { type: "raster", tiles: [basemap], tileSize: 256, maxzoom: 18 };
}

function tileLayer(): LayerSpecification {
  return { id: "tiles", type: "raster", source: "tiles" };
}

// what a layer of shapes is called says water or not; all else is land, and lines are ways
function shapeLayers(name: string): LayerSpecification[] {
  const water = /water|ocean|sea|lake|river/i.test(name);
  const shared = { source: "tiles", "source-layer": name };
  return [
    {
      ...shared,
      id: `ground-${name}`,
      type: "fill",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": token(water ? "--m-water" : "--m-land2"), "fill-opacity": water ? 1 : 0.5 },
    },
    {
      ...shared,
      id: `lines-${name}`,
      type: "line",
      filter: ["==", ["geometry-type"], "LineString"],
      paint: { "line-color": token(water ? "--m-water" : "--m-road"), "line-width": 1 },
    },
  ];
}

function landLayers(highlight: string): LayerSpecification[] {
  const chosen = highlight ? ["==", ["get", "code"], highlight] : false;
  return [
    {
      id: "land",
      type: "fill",
      source: "areas",
      // the borders are drawn over its edges
      paint: {
        "fill-color": ["case", chosen, token("--m-land2"), token("--m-land")],
        "fill-antialias": false,
      },
    } as LayerSpecification,
  ];
}

function borders(overTiles: boolean): LayerSpecification[] {
  const colour = token(overTiles ? "--ink-2" : "--m-line");
  return [
    {
      id: "township-borders",
      type: "line",
      source: "areas",
      filter: ["==", ["get", "level"], "township"],
      minzoom: TOWNSHIPS_FROM,
      paint: { "line-color": colour, "line-width": 0.75, "line-opacity": 0.8 },
    },
    {
      id: "borders",
      type: "line",
      source: "areas",
      filter: ["!=", ["get", "level"], "township"],
      paint: { "line-color": colour, "line-width": 1.5 },
    },
  ];
}

function names(): LayerSpecification[] {
  return Object.entries(NAMES).map(([level, [from, to]]) => nameLayer(level, from, to));
}

function nameLayer(level: string, minzoom: number, maxzoom: number): LayerSpecification {
  return {
    id: `names-${level}`,
    type: "symbol",
    source: "areas",
    minzoom,
    maxzoom,
    // an area's own point: of its shape the name would stand on each tile
    filter: [
      "all",
      ["==", ["geometry-type"], "Point"],
      ["==", ["get", "level"], level],
    ],
    layout: {
      "text-field": ["get", "name"],
      "text-size": 12 * scale(),
      "text-font": ["sans-serif"],
      "text-padding": 2,
      // beside the numbers of cells, which are set first
      "text-variable-anchor": ["center", "top", "bottom", "left", "right"],
      "text-radial-offset": 1.2,
    },
    paint: { "text-color": token("--ink-2"), "text-halo-color": token("--m-halo"), "text-halo-width": 1.5 },
  };
}

function cellLayers(): LayerSpecification[] {
  return [
    {
      id: "cells",
      type: "fill",
      source: "cells",
      paint: { "fill-color": token("--act-soft"), "fill-opacity": 0.7 },
    },
    {
      id: "cell-lines",
      type: "line",
      source: "cells",
      paint: { "line-color": token("--act"), "line-width": 1.5 },
    },
  ];
}

function pins(): LayerSpecification {
  return {
    id: "pins",
    type: "symbol",
    source: "items",
    layout: {
      "icon-image": ["concat", "pin-", ["get", "tone"]],
      "icon-size": scale(),
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "symbol-sort-key": ["get", "rank"],
      "text-field": ["get", "number"],
      "text-size": 11 * scale(),
      "text-font": ["sans-serif"],
      "text-allow-overlap": true,
      "text-ignore-placement": true,
    },
    paint: { "text-color": token("--on-act") },
  };
}

// how many an item stands for, beside its pin: the number that the list says too
function counts(): LayerSpecification {
  return {
    id: "counts",
    type: "symbol",
    source: "items",
    filter: ["!=", ["get", "count"], ""],
    layout: {
      "text-field": ["get", "count"],
      "text-size": 14 * scale(),
      "text-font": ["sans-serif"],
      "text-anchor": "left",
      "text-offset": [0.8, 0],
      "text-allow-overlap": true,
      "text-ignore-placement": true,
    },
    paint: { "text-color": token("--ink"), "text-halo-color": token("--m-halo"), "text-halo-width": 2 },
  };
}
