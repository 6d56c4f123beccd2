import { expect, test } from "vitest";
import { itemsOf } from "../src/map-items";
import { pinsOf, spotsOn, under } from "../src/map-scene";
import { screenOf, type View, worldOf } from "../src/map-view";

const VIEW: View = { middle: worldOf([121, 28]), zoom: 10, width: 800, height: 600 };

function pins(...tones: string[]) {
  document.body.innerHTML = tones
    .map((tone, n) => `<i id="${tone}-${n}" data-lng="121" data-lat="28" data-tone="${tone}"></i>`)
    .join("");
  return pinsOf(itemsOf(document));
}

test("the late lie above the near, the near above the rest, and what lies above is pressed", () => {
  const all = pins("red", "ok", "amber", "stop");

  expect(all.map((pin) => pin.item.tone)).toEqual(["stop", "ok", "amber", "red"]);
  expect(under(VIEW, all, 13, [405, 295])?.item.id).toBe("red-0");
  expect(under(VIEW, all, 13, [420, 300])).toBeNull();
});

test("a square says its words, or how many it counts; a place where it leads", () => {
  const square = { id: "a", ring: [], middle: [121, 28] as [number, number] };
  const spots = spotsOn({
    cells: [
      { ...square, n: 3, words: "2\n1 silent" },
      { ...square, n: 1261 },
    ],
    points: [{ address: "/cases/7/", title: "Open case", lng: 121.1, lat: 28 }],
  });

  expect(spots.map(({ lines, address, title }) => [lines, address, title])).toEqual([
    [["2", "1 silent"], "", ""],
    [["1,261"], "", ""],
    [[], "/cases/7/", "Open case"],
  ]);
});

test("a count is pressed on its words, a place on its pin", () => {
  const spots = spotsOn({
    cells: [{ id: "a", n: 3, ring: [], middle: [121, 28] }],
    points: [{ address: "/cases/7/", title: "", lng: 121.1, lat: 28 }],
  });
  const [x, y] = screenOf(VIEW, spots[1]!.at);
  const pressed = (at: [number, number]) => under(VIEW, spots, 13, at);

  expect([pressed([425, 280]), pressed([x + 12, y]), pressed([x + 20, y])]).toEqual([spots[0], spots[1], null]);
});
