// Small things a button can do where the browser lets it: copy the address or a code, print the page.
// <button data-copy> copies the address, <button data-copy="#code"> what that element says.
import { announce } from "./announce";
import { words } from "./words";

/** Make the buttons [data-copy] and [data-print] of `root` work. */
export function pressButtons(root: Document): void {
  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.hasAttribute("data-print")) window.print();
    if (button?.hasAttribute("data-copy")) void copy(button);
  });
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const source = button.dataset.copy ? document.querySelector(button.dataset.copy) : null;
  if (source) window.getSelection()?.selectAllChildren(source); // at least marked, where copying is not allowed
  await navigator.clipboard?.writeText(source?.textContent ?? window.location.href.split("#")[0] ?? "");
  const said = words(source ? "copiedCode" : "copied");
  announce(said);
  button.lastChild?.replaceWith(said);
}
