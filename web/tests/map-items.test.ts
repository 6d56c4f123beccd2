import { expect, test } from "vitest";
import { boundsOf, itemsOf, roomyBoundsOf } from "../src/map-items";

function list(html: string): ParentNode {
  document.body.innerHTML = `<ul>${html}</ul>`;
  return document.body;
}

test("each item of the list that has a place is on the map, in the order of the list", () => {
  const items = itemsOf(
    list(`<li id="case-1" data-lng="121.4" data-lat="28.6" data-tone="red"><a>Gap</a></li>
      <li id="case-2"><a>Nowhere</a></li>
      <li id="case-3" data-lng="121.5" data-lat="28.7" data-cell="121,28 122,28 122,29"><a>Hall</a></li>`),
  );

  expect(items).toEqual([
    { id: "case-1", title: "Gap", number: "", count: "", tone: "red", lng: 121.4, lat: 28.6, cell: null },
    {
      id: "case-3",
      title: "Hall",
      number: "",
      count: "",
      tone: "ok",
      lng: 121.5,
      lat: 28.7,
      cell: [
        [121, 28],
        [122, 28],
        [122, 29],
        [121, 28],
      ],
    },
  ]);
});

test.each([
  ["", "28"],
  ["east", "28"],
  ["181", "28"],
  ["121", "91"],
])("a place of %s, %s is none", (lng, lat) => {
  expect(itemsOf(list(`<li data-lng="${lng}" data-lat="${lat}"><a>x</a></li>`))).toEqual([]);
});

test("the map spans all items, cells with their corners; nothing spans nothing", () => {
  const items = itemsOf(
    list(
      `<li data-lng="121.5" data-lat="28.6"></li><li data-lng="121" data-lat="28" data-cell="120,27 121,28 122,29"></li>`,
    ),
  );

  expect([boundsOf(items), boundsOf([])]).toEqual([[120, 27, 122, 29], null]);
});

test("items that count leave room for the areas around them", () => {
  const pins = itemsOf(
    list('<li id="a" data-lng="120" data-lat="28"></li><li id="b" data-lng="124" data-lat="30"></li>'),
  );
  const counts = pins.map((pin) => ({ ...pin, count: "7" }));

  expect([roomyBoundsOf(pins), roomyBoundsOf(counts)]).toEqual([
    [120, 28, 124, 30],
    [119, 27.5, 125, 30.5],
  ]);
});
