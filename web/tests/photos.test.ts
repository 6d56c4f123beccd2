import { beforeEach, expect, test } from "vitest";
import { choose, sizeOf } from "../src/photos";

const photo = (name: string, bytes: number): File => new File([new Uint8Array(bytes)], name);

beforeEach(() => {
  document.body.innerHTML = `<div id="words" data-photo-too-large="{name} {size} {max}" data-photo-too-many="{n} over {max}"></div>`;
});

test("photos add up to the most there may be, and the rest is named", () => {
  const held = [photo("a", 1), photo("b", 2), photo("c", 3)];

  const { kept, said } = choose(held, [photo("d", 4), photo("e", 5), photo("f", 6)], 4, 100);

  expect([kept.map((each) => each.name), said]).toEqual([["a", "b", "c", "d"], ["2 over 4"]]);
});

test("the same photo twice is one", () => {
  const held = [photo("a", 1)];

  expect(choose(held, [photo("a", 1)], 4, 100)).toEqual({ kept: held, said: [] });
});

test("a photo that is too large is left out and told", () => {
  expect(choose([], [photo("a", 2000)], 4, 1000)).toEqual({ kept: [], said: ["a 2 KB 1 KB"] });
});

test.each([
  [10, "1 KB"],
  [640_400, "640 KB"],
  [2_340_000, "2.3 MB"],
])("%i bytes are %s", (bytes, said) => {
  expect(sizeOf(bytes)).toBe(said);
});
