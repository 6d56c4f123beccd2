// Draws a map with MapLibre GL: the chunk that is only fetched when a map comes into view.
import {
  addProtocol,
  Map as Drawing,
  setWorkerUrl,
  type GeoJSONSource,
  type StyleSpecification,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { followCounts } from "./map-counts";
import { type Item, roomyBoundsOf, type Tone } from "./map-items";
import { cellsOf, extentOf, pointsOf, styleOf } from "./map-style";
import { pinImage } from "./pins";
import { words } from "./words";

const TONES: Tone[] = ["ok", "amber", "red", "stop"];

/** What a map is drawn from. */
export interface MapFacts {
  areas: string;
  /** Where to ask for counts of each view; "" for a map of `items` alone. */
  counts: string;
  basemap: string;
  highlight: string;
  items: Item[];
  label: string;
  bounds: [number, number, number, number] | null;
}

/** What the page does with a drawn map. */
export interface DrawnMap {
  readonly drawing: Drawing;
  show(items: Item[]): void;
}

let ready = false;

/** Make ready what draws; the layers of a file of shapes, none for pictures. */
async function prepare(basemap: string): Promise<string[]> {
  if (!ready) setWorkerUrl(new URL(workerUrl, import.meta.url).href);
  ready = true;
  if (!basemap.endsWith(".pmtiles")) return [];
  const [{ PMTiles, Protocol }, { layersIn }] = await Promise.all([import("pmtiles"), import("./map-file")]);
  const [protocol, file] = [new Protocol(), new PMTiles(basemap)];
  protocol.add(file);
  addProtocol("pmtiles", protocol.tile);
  return layersIn(file);
}

/** Draw into `frame`; `chosen` is told the id of an item that was pressed. Rejects when the browser cannot draw. */
export async function draw(
  frame: HTMLElement,
  facts: MapFacts,
  chosen: (id: string) => void,
): Promise<DrawnMap> {
  const [areas, layers] = await Promise.all([read(facts.areas), prepare(facts.basemap)]);
  const style = (): StyleSpecification => styleOf(areas, facts.basemap, facts.highlight, facts.items, layers);
  // a map of counts shows the whole area that it is about, wherever in it the items of the list lie
  const own = facts.counts && facts.highlight ? extentOf(areas, facts.highlight) : null;
  const bounds = own ?? roomyBoundsOf(facts.items) ?? facts.bounds ?? extentOf(areas);
  const drawing = new Drawing({
    container: frame,
    style: style(),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    maxZoom: 18,
    locale: { "Map.Title": facts.label },
    ...(bounds ? { bounds, fitBoundsOptions: { padding: 36, maxZoom: 12.5 } } : {}),
  });
  calm(drawing);
  restyle(drawing, style);
  if (facts.counts) followCounts(drawing, facts.counts, (address) => location.assign(address));
  drawing.on("click", "pins", (event) => {
    const id: unknown = event.features?.[0]?.properties["id"];
    if (typeof id === "string") chosen(id);
  });
  drawing.on("mouseenter", "pins", (event) => {
    drawing.getCanvas().style.cursor = "pointer";
    drawing.getCanvas().title = String(event.features?.[0]?.properties["title"] ?? "");
  });
  drawing.on("mouseleave", "pins", () => {
    drawing.getCanvas().style.cursor = "";
    drawing.getCanvas().title = "";
  });
  return { drawing, show: (items) => show(drawing, facts, items) };
}

// The wheel scrolls the page until somebody is in the map; a map beside a list must not catch it.
function calm(drawing: Drawing): void {
  drawing.touchZoomRotate.disableRotation();
  drawing.keyboard.disableRotation();
  drawing.scrollZoom.disable();
  drawing.getCanvas().addEventListener("focus", () => drawing.scrollZoom.enable());
  drawing.getCanvas().addEventListener("blur", () => drawing.scrollZoom.disable());
  drawing.getCanvas().setAttribute("aria-description", words("mapKeys"));
}

/** Boundaries; a map without them still has its pins. */
async function read(address: string): Promise<GeoJSON.FeatureCollection> {
  const nothing: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
  const answer = await fetch(address).catch(() => null);
  return answer?.ok ? ((await answer.json()) as GeoJSON.FeatureCollection) : nothing;
}

function restyle(drawing: Drawing, style: () => StyleSpecification): void {
  const addPins = (): void => {
    for (const tone of TONES) {
      const image = pinImage(tone);
      if (image && !drawing.hasImage(`pin-${tone}`))
        drawing.addImage(`pin-${tone}`, image, { pixelRatio: 2 });
    }
  };
  drawing.on("style.load", addPins);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    drawing.setStyle(style(), { diff: false });
  });
}

function show(drawing: Drawing, facts: MapFacts, items: Item[]): void {
  facts.items = items;
  drawing.getSource<GeoJSONSource>("items")?.setData(pointsOf(items));
  drawing.getSource<GeoJSONSource>("cells")?.setData(cellsOf(items));
}
