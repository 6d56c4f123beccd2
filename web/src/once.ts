// A form is sent once: the second press does nothing, and the key in the form makes a second sending harmless anyway.
import { words } from "./words";

/** Guard every form of `root` that is sent by POST. */
export function sendOnce(root: Document): void {
  root.addEventListener("submit", hold);
  // back from the cache of the browser: the form may be sent again
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of root.querySelectorAll("form[data-sending]")) release(form);
  });
}

function hold(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post" || event.defaultPrevented) return;
  if (form.hasAttribute("data-sending")) {
    event.preventDefault();
    return;
  }
  form.setAttribute("data-sending", "");
  const button = event.submitter;
  if (!(button instanceof HTMLButtonElement)) return;
  button.dataset.label = button.innerHTML;
  button.setAttribute("aria-disabled", "true");
  button.textContent = words("sending") || button.textContent;
}

function release(form: Element): void {
  form.removeAttribute("data-sending");
  const button = form.querySelector<HTMLButtonElement>("button[data-label]");
  if (!button) return;
  button.innerHTML = button.dataset.label ?? "";
  button.removeAttribute("aria-disabled");
  delete button.dataset.label;
}
