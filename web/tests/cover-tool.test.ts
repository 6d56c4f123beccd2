import { beforeEach, expect, test } from "vitest";
import "../src/cover-tool";

const row = (n: number, ticked: boolean, sides: string[]): string =>
  `<tr data-box data-kind="face" data-words="a face"><td><input type="checkbox" name="on" value="${n}" ${ticked ? "checked" : ""}></td>
   ${sides.map((side) => `<td><input type="text" value="${side}"></td>`).join("")}</tr>`;

beforeEach(() => {
  document.body.innerHTML = `<div id="words" data-cover-named="Take box {n} away: {name}" data-cover-add="Add a box"></div>
    <form><input type="hidden" name="boxes" value=""><cover-tool><img alt=""></cover-tool>
    <fieldset data-cover-rows><table>${row(0, true, ["10", "20", "30", "40"])}${row(1, false, ["", "", "", ""])}</table></fieldset></form>`;
});

const sent = (): { x: number; w: number; kind: string }[] =>
  JSON.parse(document.querySelector<HTMLInputElement>("input[name=boxes]")?.value ?? "[]");

test("rows that are ticked become boxes over the photo, and the table goes", () => {
  expect(sent()).toEqual([{ x: 0.1, y: 0.2, w: 0.3, h: 0.4, kind: "face" }]);
  expect(document.querySelector<HTMLFieldSetElement>("[data-cover-rows]")?.hidden).toBe(true);
  expect(document.querySelectorAll("cover-tool rect")).toHaveLength(1);
});

test("boxes are added and taken away by buttons", () => {
  const buttons = (): HTMLButtonElement[] => [...document.querySelectorAll("button")];
  buttons()[0]?.click();
  expect(sent().map((box) => box.kind)).toEqual(["face", "hand"]);
  buttons()[1]?.click();
  expect(sent().map((box) => box.kind)).toEqual(["hand"]);
});

test("keys move a box and take it away", () => {
  const press = (key: string): void => {
    document.querySelector("ol button")?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  };
  press("ArrowRight");
  expect(sent()[0]?.x).toBeCloseTo(0.11);
  press("Delete");
  expect(sent()).toEqual([]);
});
