import { beforeEach, expect, test } from "vitest";
import { bringBack, keepDrafts, typedIn } from "../src/drafts";

const FORM = `<form data-draft="report" method="post">
  <input type="hidden" name="key" value="k1">
  <label><input type="radio" name="kind" value="fire"></label><label><input type="radio" name="kind" value="water"></label>
  <textarea name="words"></textarea>
  <input type="tel" name="phone"><input name="friend" data-draft-skip>
  <select name="area"><option value="">-</option><option value="1">one</option></select>
</form>`;

function form(): HTMLFormElement {
  return document.querySelector("form") as HTMLFormElement;
}

function fill(): void {
  (form().querySelector("[value=water]") as HTMLInputElement).checked = true;
  for (const [name, value] of [
    ["words", "a gap"],
    ["phone", "139"],
    ["friend", "Li"],
    ["area", "1"],
  ] as const)
    (form().elements.namedItem(name) as HTMLInputElement).value = value;
}

beforeEach(() => {
  document.body.innerHTML = FORM;
  sessionStorage.clear();
});

test("what is typed is kept, contact details and keys are not", () => {
  fill();

  expect(typedIn(form())).toEqual({ kind: ["water"], words: ["a gap"], area: ["1"] });
});

test("a page opened again has the typing back", () => {
  fill();
  const typed = typedIn(form());
  document.body.innerHTML = FORM;

  expect([bringBack(form(), typed), typedIn(form())]).toEqual([true, typed]);
});

test("what the server filled in wins over the draft", () => {
  (form().elements.namedItem("words") as HTMLTextAreaElement).value = "from the server";

  bringBack(form(), { words: ["older"] });

  expect(typedIn(form())).toEqual({ words: ["from the server"] });
});

test("a page that says it arrived ends the draft", () => {
  keepDrafts(document, sessionStorage);
  fill();
  form().dispatchEvent(new Event("input"));
  document.body.innerHTML = '<main data-draft-done="report"></main>';

  keepDrafts(document, sessionStorage);

  expect(sessionStorage.length).toBe(0);
});
