// <form data-prove="/report/challenge">: while somebody fills it in, a worker solves a small task, and what it found
// goes with the form. Where it cannot be done the form is sent without: its sender has a smaller quota, no more.
import { announce } from "./announce";
import type { Challenge } from "./proof";
import { words } from "./words";

const LONGEST_WAIT = 15_000;
const RENEW_BEFORE = 10 * 60_000;

/** Guard every form [data-prove] of `root`. */
export function proveWork(root: Document): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-prove]")) new Prover(form);
}

class Prover {
  readonly #form: HTMLFormElement;
  #working: Promise<void> | null = null;
  #again = 0;
  #waited = false;

  constructor(form: HTMLFormElement) {
    this.#form = form;
    form.addEventListener("focusin", () => this.#begin(), { once: true });
    form.addEventListener("submit", (event) => this.#hold(event));
    window.addEventListener("pageshow", (event) => event.persisted && this.#renew());
  }

  get #field(): HTMLInputElement | null {
    const field = this.#form.elements.namedItem("proof");
    return field instanceof HTMLInputElement ? field : null;
  }

  #begin(): void {
    this.#working ??= this.#work().catch(() => undefined);
  }

  #renew(): void {
    this.#working = null;
    this.#waited = false;
    if (this.#field) this.#field.value = "";
    this.#begin();
  }

  async #work(): Promise<void> {
    const answer = await fetch(this.#form.dataset.prove ?? "", { headers: { accept: "application/json" } });
    if (!answer.ok) return;
    const challenge = (await answer.json()) as Challenge;
    const found = await solved(challenge);
    if (this.#field) this.#field.value = found;
    window.clearTimeout(this.#again);
    const left = challenge.parameters.expiresAt * 1000 - Date.now() - RENEW_BEFORE;
    if (found && left > 0) this.#again = window.setTimeout(() => this.#renew(), left);
  }

  /** A form that is sent before the task is done waits for it, once and not for long. */
  #hold(event: SubmitEvent): void {
    const button = event.submitter;
    const looks = button instanceof HTMLButtonElement && button.name === "look";
    if (looks || this.#waited || this.#field?.value) return;
    event.preventDefault();
    this.#waited = true;
    this.#begin();
    announce(words("proofWait"));
    const late = new Promise<void>((done) => setTimeout(done, LONGEST_WAIT));
    void Promise.race([this.#working, late]).then(() => this.#form.requestSubmit(button));
  }
}

/** What the worker found; empty when it could not. */
function solved(challenge: Challenge): Promise<string> {
  const worker = new Worker(new URL("./proof-worker.ts", import.meta.url), { type: "module" });
  return new Promise<string>((done) => {
    worker.addEventListener("message", (event: MessageEvent<string>) => done(event.data));
    worker.addEventListener("error", () => done(""));
    worker.postMessage(challenge);
  }).finally(() => worker.terminate());
}
