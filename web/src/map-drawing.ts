// Draws a map with MapLibre GL, by the graphics card: the chunk that is only fetched when a map comes into view.
import {
  addProtocol,
  Map as Drawing,
  setWorkerUrl,
  type GeoJSONSource,
  type StyleSpecification,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { drawCounts } from "./map-count-layers";
import {
  type DrawnMap,
  firstBounds,
  type MapFacts,
  NEAREST,
  NEAREST_AT_FIRST,
  type Place,
  readAreas,
  ROOM,
  ZOOM_TO_PICK,
} from "./map-facts";
import { type Item, TONES } from "./map-items";
import { cellsOf, pointsOf, styleOf } from "./map-style";
import { pinImage } from "./pins";
import { words } from "./words";

/** Layers of what can be pressed. */
const PRESSED = ["pins", "spots"];

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
  const [areas, layers] = await Promise.all([readAreas(facts.areas), prepare(facts.basemap)]);
  const style = (): StyleSpecification => styleOf(areas, facts.basemap, facts.highlight, facts.items, layers);
  const bounds = firstBounds(facts, areas);
  const drawing = new Drawing({
    container: frame,
    style: style(),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    maxZoom: NEAREST,
    locale: { "Map.Title": facts.label },
    ...(bounds ? { bounds, fitBoundsOptions: { padding: ROOM, maxZoom: NEAREST_AT_FIRST } } : {}),
  });
  calm(drawing);
  restyle(drawing, style);
  if (facts.counts) drawCounts(drawing, facts.counts, (address) => location.assign(address));
  drawing.on("click", "pins", (event) => {
    const id: unknown = event.features?.[0]?.properties["id"];
    if (typeof id === "string") chosen(id);
  });
  drawing.on("mouseenter", PRESSED, (event) => {
    drawing.getCanvas().style.cursor = "pointer";
    drawing.getCanvas().title = String(event.features?.[0]?.properties["title"] ?? "");
  });
  drawing.on("mouseleave", PRESSED, () => {
    drawing.getCanvas().style.cursor = "";
    drawing.getCanvas().title = "";
  });
  return {
    whole: new Promise((done) => drawing.once("load", () => done())),
    show: (items) => show(drawing, facts, items),
    zoomBy: (steps) => drawing.zoomTo(drawing.getZoom() + steps),
    pick: (from, picked) => pick(drawing, from, picked),
    remove: () => drawing.remove(),
  };
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

function pick(drawing: Drawing, from: Place | null, picked: (place: Place) => void): void {
  if (from) drawing.jumpTo({ center: from, zoom: ZOOM_TO_PICK });
  drawing.on("click", ({ lngLat, originalEvent }) => drawing.easeTo({ center: lngLat }, { originalEvent }));
  drawing.on("moveend", ({ originalEvent }) => {
    if (!originalEvent) return; // the map came to its size: nobody said anything
    const { lng, lat } = drawing.getCenter();
    picked([lng, lat]);
  });
  drawing.getCanvas().focus();
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
