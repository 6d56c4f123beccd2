import { expect, test } from "vitest";
import { timeOfDay } from "../src/clock";

test("the clock shows the time of the city, wherever the screen thinks it is", () => {
  const at = new Date("2026-11-30T16:05:00Z");
  expect(timeOfDay(at, "Asia/Shanghai")).toBe("00:05");
  expect(timeOfDay(at, "UTC")).toBe("16:05");
});
