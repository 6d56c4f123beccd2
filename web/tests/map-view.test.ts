import { expect, test } from "vitest";
import type { Place } from "../src/map-facts";
import {
  boundsOf,
  fitted,
  movedBy,
  movedTo,
  placeOf,
  type Point,
  screenOf,
  type View,
  worldAt,
  worldOf,
  zoomedAt,
} from "../src/map-view";

const CITY: View = { middle: worldOf([121.4, 28.65]), zoom: 10, width: 800, height: 600 };

function close(found: readonly number[], wanted: readonly number[], digits = 6): void {
  expect(found).toHaveLength(wanted.length);
  found.forEach((each, index) => expect(each).toBeCloseTo(wanted[index]!, digits));
}

test("the world is a square in which a place and its point belong together", () => {
  close(worldOf([0, 0]), [0.5, 0.5]);
  close(worldOf([-180, 85.0511]), [0, 0.0003], 3);
  for (const place of [[121.4, 28.65], [-70.2, -33.4], [0, 84.9]] as Place[]) close(placeOf(worldOf(place)), place);
});

test("a point of the screen and the point of the world under it belong together", () => {
  close(screenOf(CITY, CITY.middle), [400, 300]);
  for (const at of [[0, 0], [799, 1], [123, 456]] as Point[]) close(screenOf(CITY, worldAt(CITY, at)), at);
});

test("what is under the hand stays under it: moved by the hand, or nearer at a point", () => {
  const under = worldAt(CITY, [200, 100]);

  close(screenOf(movedBy(CITY, [30, -40]), under), [230, 60]);
  close(screenOf(zoomedAt(CITY, 1.5, [200, 100]), under), [200, 100]);
  expect(zoomedAt(CITY, 1.5, [200, 100]).zoom).toBe(11.5);
});

test("a map ends where the world ends, and is not nearer than it has something to show", () => {
  expect(movedTo(CITY, [1.2, -0.1]).middle).toEqual([1, 0]);
  expect([zoomedAt(CITY, 20, [0, 0]).zoom, zoomedAt(CITY, -20, [0, 0]).zoom]).toEqual([18, 0]);
});

test("a map begins with all of its bounds, with room around them, in the middle", () => {
  const bounds = [121, 28, 122, 29] as [number, number, number, number];

  const view = fitted([800, 600], bounds, 36, 12.5);

  const [west, south, east, north] = boundsOf(view);
  close([(west + east) / 2], [121.5]);
  close(screenOf(view, worldOf([121.5, 29])), [400, 36], 3);
  close(screenOf(view, worldOf([121.5, 28])), [400, 564], 3);
  expect([west < 121, east > 122, south < 28, north > 29]).toEqual([true, true, true, true]);
});

test("a map of one place is not nearer than all maps at first", () => {
  expect(fitted([800, 600], [121, 28, 121, 28], 36, 12.5).zoom).toBe(12.5);
});
