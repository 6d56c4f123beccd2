// An open page shows what others do, within two seconds, and never takes a word from whoever is typing.
//
// <section id="queue" data-live="/live/queue?area=3310" data-live-from="/queue?area=3310">: server-sent events from the
// first address; on `changed` with {"case": 7, "version": 3} the second is fetched and the part with the same id
// morphed in. The server says `listening` when nothing is missed from then on, and whether the page, as it was drawn
// at the moment in its address, is stale by then. Rows carry id="case-7", steps of a timeline id="event-9": those that changed get a tint.
import htmx from "htmx.org";
import { announce } from "./announce";
import { icon } from "./icons";
import { words } from "./words";

/** What the server says when a case moved. */
export interface Change {
  case: number;
  version: number;
}

const GATHER_MS = 120; // several changes at once are one refresh
const HIDDEN_MS = 20_000; // a browser has six connections to a host: a page nobody sees gives its own back
const RETRY_MS = 4_000;
const TINT_MS = 2_000;

/** Follow every part of `root` that asks for it. */
export function followLive(root: Document): void {
  root.addEventListener("input", markTyping);
  root.addEventListener("reset", (event) => typingForm(event)?.removeAttribute("data-typing"));
  for (const part of root.querySelectorAll<HTMLElement>("[data-live]")) new LivePart(part).start();
}

function typingForm(event: Event): HTMLFormElement | null {
  return event.target instanceof Element ? event.target.closest("form") : null;
}

/** A form that somebody types in is left alone by every refresh until it is sent. */
function markTyping(event: Event): void {
  const form = typingForm(event);
  if (form && form.method === "post") form.setAttribute("data-typing", "");
}

/** One part of a page that follows the server. */
export class LivePart {
  readonly #id: string;
  readonly #events: string;
  readonly #from: string;
  readonly #only: number | null;
  #source: EventSource | null = null;
  #waiting: Change[] = [];
  #timer: number | undefined;
  #hidden: number | undefined;
  #fetching = false;
  #lost = false;
  #stale = false;

  constructor(part: HTMLElement) {
    this.#id = part.id;
    this.#events = part.dataset.live ?? "";
    this.#from = part.dataset.liveFrom ?? window.location.href;
    this.#only = part.dataset.liveCase ? Number(part.dataset.liveCase) : null;
  }

  /** Open the stream, and give it back while nobody looks. */
  start(): void {
    this.#open();
    this.#keepFresh(Number(document.getElementById(this.#id)?.dataset.liveEvery ?? 0));
    document.addEventListener("visibilitychange", () => {
      window.clearTimeout(this.#hidden);
      if (document.hidden) this.#hidden = window.setTimeout(() => this.#close(), HIDDEN_MS);
      else if (!this.#source) this.#reopen();
    });
    window.addEventListener("pagehide", () => this.#close());
    window.addEventListener("pageshow", (event) => {
      if (event.persisted && !this.#source) this.#reopen();
    });
  }

  // A wall also shows what moves with the time alone: what is due, what is over.
  #keepFresh(seconds: number): void {
    if (seconds > 0) window.setInterval(() => document.hidden || this.#refreshIn(0), seconds * 1000);
  }

  #open(): void {
    const source = new EventSource(this.#events);
    this.#source = source;
    source.addEventListener("changed", (event) =>
      this.take(JSON.parse((event as MessageEvent<string>).data)),
    );
    source.addEventListener("listening", (event) =>
      this.#found(JSON.parse((event as MessageEvent<string>).data).stale === true),
    );
    source.addEventListener("error", () => this.#failed(source));
  }

  #close(): void {
    this.#source?.close();
    this.#source = null;
  }

  // What happened while nobody looked is fetched once the stream listens: before that, more could fall between.
  #reopen(): void {
    this.#stale = true;
    this.#open();
  }

  // The browser itself connects again with Last-Event-ID after a break; after an answer such as 503 it gives up.
  #failed(source: EventSource): void {
    if (!this.#lost) announce(words("liveLost"));
    this.#lost = true;
    if (source.readyState === EventSource.CLOSED && source === this.#source) {
      this.#source = null;
      window.setTimeout(() => document.hidden || this.#source || this.#open(), RETRY_MS);
    }
  }

  #found(stale: boolean): void {
    const back = this.#lost;
    const refresh = back || stale || this.#stale;
    this.#lost = false;
    this.#stale = false;
    if (back) announce(words("liveBack"));
    if (refresh) void this.refresh([]);
  }

  /** Take note of a change; one refresh follows for all that come within a moment. */
  take(change: Change): void {
    if (this.#only !== null && change.case !== this.#only) return;
    this.#waiting.push(change);
    this.#refreshIn(GATHER_MS);
  }

  // The first change sets the time, later ones join it: changes that never stop coming must not put it off for ever.
  #refreshIn(ms: number): void {
    if (this.#timer !== undefined || this.#fetching) return;
    this.#timer = window.setTimeout(() => void this.#catchUp(), ms);
  }

  async #catchUp(): Promise<void> {
    this.#timer = undefined;
    this.#fetching = true;
    await this.refresh(this.#waiting.splice(0)).finally(() => {
      this.#fetching = false;
    });
    if (this.#waiting.length > 0) this.#refreshIn(GATHER_MS);
  }

  // the news came, the page did not: nothing is forgotten
  #again(changes: Change[]): void {
    this.#waiting.unshift(...changes);
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#catchUp(), RETRY_MS);
  }

  /** Fetch the page again and morph the part; tint and say what `changes` touched. */
  async refresh(changes: Change[]): Promise<void> {
    const answer = await fetch(this.#from, { headers: { "X-Live": "1" } }).catch(() => null);
    const part = document.getElementById(this.#id);
    if (!part) return;
    if (!answer || answer.status >= 500) return this.#again(changes);
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(this.#id);
    if (!fresh) return;
    nameForms(part);
    nameForms(fresh);
    const before = new Set([...part.querySelectorAll("[id]")].map((each) => each.id));
    const kept = keepTyped(part, fresh);
    await htmx.swap({ text: fresh.outerHTML, target: part, swap: "outerMorph ignoreTitle:true" });
    tell(document.getElementById(this.#id) ?? part, changes, before, kept);
  }
}

/** A morph pairs elements by their ids: a form without one is named by where it is sent. */
function nameForms(part: HTMLElement): void {
  for (const form of part.querySelectorAll("form:not([id])"))
    form.id = `to:${form.getAttribute("action") ?? ""}`;
}

/** A form in use that the fresh page no longer has stays where it stood; true when there is one. */
export function keepTyped(part: HTMLElement, fresh: HTMLElement): boolean {
  let kept = false;
  for (const form of part.querySelectorAll<HTMLFormElement>("form[data-typing]")) {
    if (fresh.querySelector(`#${CSS.escape(form.id)}`)) continue;
    const home = form.closest("[data-live] [id]:not(form)");
    const there = home && fresh.querySelector(`#${CSS.escape(home.id)}`);
    (there ?? fresh).append(form.cloneNode(true)); // only its place: the morph keeps the form itself
    kept = true;
  }
  return kept;
}

function tell(part: HTMLElement, changes: Change[], before: Set<string>, kept: boolean): void {
  const touched = new Set(changes.map((change) => `case-${change.case}`));
  const rows = [...part.querySelectorAll<HTMLElement>("[id^='case-'], .timeline > [id]")].filter(
    (row) =>
      touched.has(row.id) || (changes.length > 0 && row.id.startsWith("event-") && !before.has(row.id)),
  );
  for (const row of rows) tint(row);
  if (kept) warn(part);
  else if (changes.length) announce(said(part, changes));
  part.dispatchEvent(new CustomEvent("anlan:refreshed", { bubbles: true }));
}

function warn(part: HTMLElement): void {
  const sentence = words("changedWhileTyping");
  announce(sentence);
  for (const form of part.querySelectorAll("form[data-typing]:not(:has(> .note.amber))")) {
    const note = document.createElement("p");
    note.className = "note amber";
    note.append(icon("i-alert"), sentence);
    form.prepend(note);
  }
}

function said(part: HTMLElement, changes: Change[]): string {
  const cases = [...new Set(changes.map((change) => change.case))];
  const first = part.querySelector(`#case-${cases[0]} a.t`)?.textContent ?? part.dataset.liveName ?? "";
  return cases.length === 1 && first
    ? words("changed", { id: first })
    : words("changedMany", { n: cases.length });
}

/** The tint of a row that changed. */
export function tint(row: HTMLElement): void {
  row.classList.add("new");
  window.setTimeout(() => row.classList.remove("new"), TINT_MS);
}
