// Small things a button can do where the browser lets it: copy the address, print the page.
import { announce } from "./announce";
import { words } from "./words";

/** Make the buttons [data-copy] and [data-print] of `root` work. */
export function pressButtons(root: Document): void {
  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.hasAttribute("data-print")) window.print();
    if (button?.hasAttribute("data-copy")) void copyAddress(button);
  });
}

async function copyAddress(button: HTMLButtonElement): Promise<void> {
  await navigator.clipboard.writeText(window.location.href.split("#")[0] ?? "");
  announce(words("copied"));
  button.lastChild?.replaceWith(words("copied"));
}
