import { beforeEach, expect, test } from "vitest";
import { sendOnce } from "../src/once";

sendOnce(document);

function send(): boolean {
  const form = document.querySelector("form") as HTMLFormElement;
  const submitter = form.querySelector("button");
  return form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true, submitter }));
}

beforeEach(() => {
  document.body.innerHTML = `<div id="words" data-sending="Sending"></div>`;
});

test("the second press does nothing, and the button says that it is being sent", () => {
  document.body.innerHTML += '<form method="post"><button>Send</button></form>';

  expect([send(), send(), document.querySelector("button")?.textContent]).toEqual([true, false, "Sending"]);
});

test("a search may be sent again and again", () => {
  document.body.innerHTML += '<form method="get"><button>Find</button></form>';

  expect([send(), send()]).toEqual([true, true]);
});
