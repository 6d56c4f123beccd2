import { expect, test } from "vitest";
import { nextShare } from "../src/map-pace";

test("a map that keeps up stays sharp, however long one frame among others took", () => {
  expect(nextShare(1, [16, 17, 16, 17])).toBe(1);
  expect(nextShare(1, [16, 400, 16, 17])).toBe(1);
});

test("a slow map gives up as many dots as its frames took too long", () => {
  const wanted = 0.8 * (1000 / 30);
  expect(nextShare(1, [66, 66, 66, 66]) ** 2 * 66).toBeCloseTo(wanted);
  expect(nextShare(0.8, [50, 50, 50, 50])).toBeCloseTo(0.8 * Math.sqrt(wanted / 50));
});

test("a moving map is never drawn finer, nor coarser than can be read", () => {
  for (const share of [0.4, 0.5, 0.7, 1])
    for (const frame of [1, 16, 33, 34, 50, 100, 1000]) {
      const next = nextShare(share, [frame, frame, frame, frame]);
      expect(next).toBeLessThanOrEqual(share);
      expect(next).toBeGreaterThanOrEqual(0.4);
    }
});
