// Counts by cell far out, single places near in: what a map of public cases shows is asked for anew for each view.
import type { GeoJSONSource, LayerSpecification, Map as Drawing } from "maplibre-gl";
import { aboveGrounds, scale } from "./map-style";
import { token } from "./pins";

/** What the city answers for a view: outlines with a count, and places with an address. */
export interface Answer {
  cells: { id: string; n: number; words?: string; ring: [number, number][]; middle: [number, number] }[];
  points: { address: string; title: string; lng: number; lat: number }[];
}

const NOTHING: Answer = { cells: [], points: [] };

/** The outlines of an answer. */
export function ringsOf(answer: Answer): GeoJSON.FeatureCollection {
  return collection(
    answer.cells.map(({ id, n, ring }) => ({
      type: "Feature",
      geometry: { type: "Polygon", coordinates: [[...ring, ...ring.slice(0, 1)]] },
      properties: { id, n },
    })),
  );
}

/** Its points: the count in the middle of each outline, and each place. */
export function spotsOf(answer: Answer): GeoJSON.FeatureCollection {
  return collection([
    ...answer.cells.map(({ n, words, middle }) => point(middle, { n: words ?? n.toLocaleString("en") })),
    ...answer.points.map(({ address, title, lng, lat }) => point([lng, lat], { address, title })),
  ]);
}

function point(coordinates: [number, number], properties: Record<string, string>): GeoJSON.Feature {
  return { type: "Feature", geometry: { type: "Point", coordinates }, properties };
}

function collection(features: GeoJSON.Feature[]): GeoJSON.FeatureCollection {
  return { type: "FeatureCollection", features };
}

/** Show on `drawing` what `address` answers for the view, now and whenever the view changes. */
export function followCounts(drawing: Drawing, address: string, open: (address: string) => void): void {
  let shown = NOTHING;
  let asked: AbortController | null = null;

  const put = (): void => {
    drawing.getSource<GeoJSONSource>("rings")?.setData(ringsOf(shown));
    drawing.getSource<GeoJSONSource>("spots")?.setData(spotsOf(shown));
  };
  const ask = async (): Promise<void> => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(viewAddress(address, drawing), { signal: asked.signal });
      if (!answer.ok) return;
      shown = (await answer.json()) as Answer;
      put();
    } catch (problem) {
      if (!(problem instanceof DOMException && problem.name === "AbortError")) console.warn("map", problem);
    }
  };
  const begin = (): void => {
    if (!drawing.getSource("rings")) addLayers(drawing);
    put();
  };
  drawing.on("style.load", begin);
  drawing.on("moveend", () => void ask());
  const fresh = (): void => void ask();
  document.addEventListener("anlan:refreshed", fresh);
  drawing.on("remove", () => document.removeEventListener("anlan:refreshed", fresh));
  drawing.once("load", () => void ask());
  drawing.on("click", "spots", (event) => {
    const found: unknown = event.features?.[0]?.properties["address"];
    if (typeof found === "string") open(found);
    else drawing.easeTo({ center: event.lngLat, zoom: drawing.getZoom() + 1.5 });
  });
}

function viewAddress(address: string, drawing: Drawing): string {
  const found = new URL(address, location.href);
  const bounds = drawing.getBounds();
  const corners = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  found.searchParams.set("bbox", corners.map((each) => each.toFixed(4)).join(","));
  found.searchParams.set("zoom", drawing.getZoom().toFixed(1));
  return found.href;
}

function addLayers(drawing: Drawing): void {
  drawing.addSource("rings", { type: "geojson", data: collection([]) });
  drawing.addSource("spots", { type: "geojson", data: collection([]) });
  const names = aboveGrounds((id) => drawing.getLayer(id) !== undefined);
  for (const layer of layers()) drawing.addLayer(layer, layer.type === "symbol" ? undefined : names);
}

function layers(): LayerSpecification[] {
  return [
    {
      id: "rings",
      type: "fill",
      source: "rings",
      paint: { "fill-color": token("--act-soft"), "fill-opacity": 0.55, "fill-antialias": false },
    },
    {
      id: "ring-lines",
      type: "line",
      source: "rings",
      paint: { "line-color": token("--act"), "line-width": 1 },
    },
    {
      id: "spots",
      type: "symbol",
      source: "spots",
      layout: {
        "icon-image": ["case", ["has", "address"], "pin-ok", ""],
        "icon-size": scale(),
        "icon-allow-overlap": true,
        "text-field": ["coalesce", ["get", "n"], ""],
        // a square is 64 pixels wide at least, whatever the letters of the page
        "text-size": 13 * Math.min(scale(), 1.5),
        "text-font": ["sans-serif"],
        "text-allow-overlap": true,
      },
      paint: {
        "text-color": token("--ink"),
        "text-halo-color": token("--m-halo"),
        "text-halo-width": 1.5,
      },
    },
  ];
}
