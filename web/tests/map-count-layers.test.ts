import { expect, test } from "vitest";
import { spotsOf } from "../src/map-count-layers";

test("a square says its words, or how many it counts; a place where it leads", () => {
  const square = { ring: [], middle: [1, 2] as [number, number] };
  const found = spotsOf({
    cells: [
      { ...square, id: "a", n: 3, words: "2\n1 silent" },
      { ...square, id: "b", n: 1261 },
    ],
    points: [{ address: "/cases/7/", title: "Open case", lng: 3, lat: 4 }],
  });
  expect(found.features.map((each) => each.properties)).toEqual([
    { n: "2\n1 silent" },
    { n: "1,261" },
    { address: "/cases/7/", title: "Open case" },
  ]);
});
