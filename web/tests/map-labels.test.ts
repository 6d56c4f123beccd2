import { expect, test } from "vitest";
import { type Box, boxAround, freeBox, linesFrom } from "../src/map-labels";

test("two lines stand one below the other around their middle", () => {
  expect(linesFrom(100, 2, 10)).toEqual([94, 106]);
  expect(linesFrom(100, 1, 10)).toEqual([100]);
  expect(boxAround([50, 100], 40, 2, 10)).toEqual([30, 88, 70, 112]);
});

test("a name stands at its point, else below, above, right or left of it, else nowhere", () => {
  const taken: Box[] = [];
  const middles = Array.from({ length: 6 }, () => {
    const box = freeBox([100, 100], 20, 10, taken);
    if (box) taken.push(box);
    return box && [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  });

  expect(middles).toEqual([[100, 100], [100, 118], [100, 82], [122, 100], [78, 100], null]);
});
