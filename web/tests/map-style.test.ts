import { expect, test } from "vitest";
import { itemsOf } from "../src/map-items";
import { aboveGrounds, cellsOf, extentOf, pointsOf, scale, styleOf } from "../src/map-style";

const AREAS: GeoJSON.FeatureCollection = {
  type: "FeatureCollection",
  features: [
    {
      type: "Feature",
      properties: { name: "a", level: "county" },
      geometry: {
        type: "MultiPolygon",
        coordinates: [
          [
            [
              [1, 2],
              [3, 2],
              [3, 4],
              [1, 2],
            ],
          ],
          [
            [
              [7, 8],
              [9, 8],
              [9, 9],
              [7, 8],
            ],
          ],
        ],
      },
    },
  ],
};

test("a map without items shows all boundaries; without boundaries it does not know where to look", () => {
  expect([extentOf(AREAS), extentOf({ ...AREAS, features: [] })]).toEqual([[1, 2, 9, 9], null]);
});

test("a city without boundaries says where its maps begin", () => {
  const none = { ...AREAS, features: [], bbox: [1, 2, 3, 4] as [number, number, number, number] };
  expect([extentOf(none), extentOf(none, "a")]).toEqual([[1, 2, 3, 4], null]);
});

test("a map of one area shows all of that area and no more", () => {
  const [own] = AREAS.features;
  const other = { ...own!, properties: { code: "b" }, geometry: { type: "Point" as const, coordinates: [50, 40] } };
  const both = { ...AREAS, features: [{ ...own!, properties: { code: "a" } }, other] };

  expect(["a", "b", "c", ""].map((code) => extentOf(both, code))).toEqual([
    [1, 2, 9, 9],
    [50, 40, 50, 40],
    null,
    [1, 2, 50, 40],
  ]);
});

test("the letters of a map follow those of its page, and are never smaller than usual", () => {
  document.documentElement.style.fontSize = "32px";
  expect(scale()).toBe(2);
  document.documentElement.style.fontSize = "14px";
  expect(scale()).toBe(1);
  document.documentElement.style.fontSize = "";
  expect(scale()).toBe(1);
});

test("what an item stands for is written beside it", () => {
  document.body.innerHTML = `<i id="a" data-lng="1" data-lat="2" data-count="12"></i><i id="b" data-lng="1" data-lat="2"></i>`;

  const counts = pointsOf(itemsOf(document)).features.map((each) => each.properties?.["count"]);

  expect(counts).toEqual(["12", ""]);
});

test("the late lie above the near, the near above the rest, and a cell has its outline", () => {
  document.body.innerHTML = `<i id="a" data-lng="1" data-lat="2" data-tone="red"></i>
    <i id="b" data-lng="1" data-lat="2" data-tone="ok" data-cell="1,1 2,1 2,2"></i>`;
  const items = itemsOf(document);

  expect([
    pointsOf(items).features.map((each) => each.properties?.["rank"]),
    cellsOf(items).features.map((each) => each.geometry),
  ]).toEqual([
    [3, 1],
    [
      {
        type: "Polygon",
        coordinates: [
          [
            [1, 1],
            [2, 1],
            [2, 2],
            [1, 1],
          ],
        ],
      },
    ],
  ]);
});

test("tiles of one's own take the place of the land, under the same pins", () => {
  const ids = (basemap: string): string[] => styleOf(AREAS, basemap, "", []).layers.map((layer) => layer.id);

  expect([ids("").includes("land"), ids("/tiles/{z}/{x}/{y}.png").includes("land")]).toEqual([true, false]);
  expect(ids("/city.pmtiles").slice(-2)).toEqual(["pins", "counts"]);
});

test("no cell covers a name or a pin", () => {
  const under = ["", "https://tiles.example/{z}/{x}/{y}.png"].map((basemap) => {
    const ids = styleOf(AREAS, basemap, "", []).layers.map((layer) => layer.id);
    const found = aboveGrounds((id) => ids.includes(id));
    return [found, ids.indexOf(found) > ids.indexOf("cells"), ids.indexOf(found) <= ids.indexOf("pins")];
  });

  expect(under).toEqual([
    ["names-city", true, true],
    ["pins", true, true],
  ]);
});

test("a file of shapes is drawn by its layers, with our own names above them", () => {
  const style = styleOf(AREAS, "/city.pmtiles", "", [], ["water", "roads"]);
  const ids = style.layers.map((layer) => layer.id);

  expect(style.sources["tiles"]).toEqual({ type: "vector", url: "pmtiles:///city.pmtiles" });
  expect(ids.slice(1, 5)).toEqual(["ground-water", "lines-water", "ground-roads", "lines-roads"]);
  expect([ids.includes("land"), ids.includes("names-county")]).toEqual([false, true]);
});

test("a name is written at the point of its area, not on each tile of its shape", () => {
  const names = styleOf(AREAS, "", "", []).layers.filter((layer) => layer.id.startsWith("names-"));

  expect(names.map((layer) => "filter" in layer && JSON.stringify(layer.filter))).toEqual(
    ["city", "county", "township"].map((level) =>
      JSON.stringify([
        "all",
        ["==", ["geometry-type"], "Point"],
        ["==", ["get", "level"], level],
      ]),
    ),
  );
});
