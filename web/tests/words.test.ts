import { expect, test } from "vitest";
import { words } from "../src/words";

test("a phrase is filled in; one the page lacks is empty", () => {
  document.body.innerHTML = '<div id="words" data-changed="Case {id} changed by {who}"></div>';

  expect([words("changed", { id: 7 }), words("other")]).toEqual(["Case 7 changed by {who}", ""]);
});
