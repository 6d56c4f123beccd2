import { expect, test } from "vitest";
import { type Box, between, inside, pushed, TAPPED, under } from "../src/cover-boxes";

const box = (x: number, y: number, w: number, h: number): Box => ({ x, y, w, h, kind: "hand", name: "" });

test("a box never reaches out of the picture", () => {
  expect(inside(box(0.9, -0.2, 0.4, 0.3))).toEqual(box(0.6, 0, 0.4, 0.3));
  expect(inside(box(0, 0, 5, 0))).toEqual(box(0, 0, 1, 0.01));
});

test("a drag in any direction gives the box between its ends", () => {
  const made = between([0.5, 0.6], [0.25, 0.1], "");
  expect([made.x, made.y, made.w, made.h]).toEqual([0.25, 0.1, 0.25, 0.5]);
});

test("a tap gives a box around it", () => {
  const made = between([0.5, 0.5], [0.502, 0.5], "by hand");
  expect([made.w, made.h, made.name]).toEqual([TAPPED, TAPPED, "by hand"]);
});

test("the smallest box under a point is meant", () => {
  const boxes = [box(0, 0, 1, 1), box(0.4, 0.4, 0.2, 0.2), box(0.8, 0.8, 0.1, 0.1)];
  expect([under(boxes, [0.5, 0.5]), under(boxes, [0.1, 0.1]), under([], [0.5, 0.5])]).toEqual([1, 0, -1]);
});

test("arrows move a box, with shift they change its size, other keys do nothing", () => {
  const start = box(0.5, 0.5, 0.2, 0.2);
  expect(pushed(start, "ArrowRight", false)?.x).toBeCloseTo(0.51);
  expect(pushed(start, "ArrowUp", true)?.h).toBeCloseTo(0.19);
  expect(pushed(start, "a", false)).toBeNull();
});
