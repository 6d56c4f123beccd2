// The layers of MapLibre GL in which counts and places are shown.
import type { GeoJSONSource, LayerSpecification, Map as Drawing } from "maplibre-gl";
import { type Answer, followCounts, NEARER, NOTHING } from "./map-counts";
import { aboveGrounds, scale } from "./map-style";
import { token } from "./pins";

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
export function drawCounts(drawing: Drawing, address: string, open: (address: string) => void): void {
  let shown = NOTHING;
  const put = (): void => {
    drawing.getSource<GeoJSONSource>("rings")?.setData(ringsOf(shown));
    drawing.getSource<GeoJSONSource>("spots")?.setData(spotsOf(shown));
  };
  const seen = () => {
    const bounds = drawing.getBounds();
    const [west, south, east, north] = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    return { bounds: [west, south, east, north] as [number, number, number, number], zoom: drawing.getZoom() };
  };
  const counts = followCounts({ seen, put: (answer) => (shown = answer) && put() }, address);
  drawing.on("style.load", () => {
    if (!drawing.getSource("rings")) addLayers(drawing);
    put();
  });
  drawing.on("moveend", () => void counts.ask());
  drawing.on("remove", () => counts.stop());
  drawing.once("load", () => void counts.ask());
  drawing.on("click", "spots", (event) => {
    const found: unknown = event.features?.[0]?.properties["address"];
    if (typeof found === "string") open(found);
    else drawing.easeTo({ center: event.lngLat, zoom: drawing.getZoom() + NEARER });
  });
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
