// <place-map items="rows" areas="/map/areas.geojson">: a map beside a list of the same items. It draws only once it is
// in view, and leaves the page to the list where the browser cannot draw.
import { icon } from "./icons";
import { tint } from "./live";
import type { DrawnMap } from "./map-facts";
import { drawnByCard } from "./graphics-card";
import { itemsOf } from "./map-items";
import { words } from "./words";

/** The element; without JavaScript it is not there, and the list is. */
export class PlaceMap extends HTMLElement {
  #drawn: DrawnMap | null = null;
  #seen: IntersectionObserver | null = null;

  /** Wait until the map comes into view. */
  connectedCallback(): void {
    if (this.#drawn || this.#seen) return;
    this.#seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      this.#seen?.disconnect();
      void this.#draw();
    });
    this.#seen.observe(this);
    document.addEventListener("anlan:refreshed", this.#refresh);
  }

  /** Leave nothing behind when a morph takes the map away. */
  disconnectedCallback(): void {
    document.removeEventListener("anlan:refreshed", this.#refresh);
    this.#seen?.disconnect();
    this.#seen = null;
    this.#drawn?.remove();
    this.#drawn = null;
  }

  /** The map once it is drawn, for whoever picks a point on it. */
  get drawn(): DrawnMap | null {
    return this.#drawn;
  }

  get #list(): ParentNode | null {
    return document.getElementById(this.getAttribute("items") ?? "");
  }

  #refresh = (): void => {
    if (!this.#list) return;
    const items = itemsOf(this.#list);
    this.#drawn?.show(items);
    this.#count(items.length);
  };

  async #draw(): Promise<void> {
    const frame = this.#frame();
    const waiting = this.#wait(frame);
    try {
      const facts = this.#facts();
      const { draw } = await (drawnByCard(facts.basemap) ? import("./map-drawing") : import("./map-plain"));
      this.#drawn = await draw(this.#canvas(frame), facts, (id) => this.#choose(id));
      this.#zoom(frame, this.#drawn);
      if (this.#list) this.#count(itemsOf(this.#list).length);
      void this.#drawn.whole.then(() => waiting.remove());
      this.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
    } catch (problem) {
      console.warn("map", problem);
      this.#say(frame, words(this.hasAttribute("pick") ? "mapNonePick" : "mapFailed"));
    }
  }

  // the legend says how many of the list are on the map: some are known by their area only
  #count(shown: number): void {
    const total = this.#list?.querySelectorAll("[id^='case-'], [data-lng]").length ?? shown;
    const said = this.parentElement?.querySelector("[data-map-count]");
    if (said && total > shown) said.textContent = words("mapSome", { n: shown, m: total - shown });
  }

  #facts() {
    const list = this.#list;
    const bounds = (this.getAttribute("bounds") ?? "").split(",").map(Number);
    return {
      areas: new URL(this.getAttribute("areas") || "/map/areas.geojson", location.href).href,
      counts: this.getAttribute("counts") ?? "",
      basemap: this.getAttribute("basemap") ?? "",
      highlight: this.getAttribute("highlight") ?? "",
      items: list ? itemsOf(list) : [],
      label: this.getAttribute("label") ?? words("mapLabel"),
      bounds: bounds.length === 4 ? (bounds as [number, number, number, number]) : null,
    };
  }

  #frame(): HTMLElement {
    const frame = document.createElement("div");
    frame.className = "map";
    const source = document.createElement("span");
    source.className = "src";
    source.textContent = this.getAttribute("source") ?? "";
    if (source.textContent) frame.append(source);
    this.replaceChildren(frame);
    return frame;
  }

  #canvas(frame: HTMLElement): HTMLElement {
    const canvas = document.createElement("div");
    canvas.className = "canvas";
    frame.prepend(canvas);
    return canvas;
  }

  #wait(frame: HTMLElement): HTMLElement {
    const waiting = document.createElement("p");
    waiting.className = "wait s";
    waiting.textContent = words("mapWait");
    frame.append(waiting);
    return waiting;
  }

  #say(frame: HTMLElement, sentence: string): void {
    const note = document.createElement("p");
    note.className = "note s";
    note.append(icon("i-info"), sentence);
    frame.replaceWith(note);
  }

  #zoom(frame: HTMLElement, drawn: DrawnMap): void {
    const box = document.createElement("div");
    box.className = "zoom";
    const steps = [
      ["i-plus", words("mapIn"), () => drawn.zoomBy(1)],
      ["i-minus", words("mapOut"), () => drawn.zoomBy(-1)],
    ] as const;
    for (const [sign, name, step] of steps) {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-label", name);
      button.append(icon(sign));
      button.addEventListener("click", step);
      box.append(button);
    }
    frame.append(box);
  }

  #choose(id: string): void {
    const row = document.getElementById(id);
    if (!row) return;
    row.scrollIntoView({ block: "nearest" });
    row.querySelector<HTMLElement>("a")?.focus({ preventScroll: true });
    tint(row);
  }
}

customElements.define("place-map", PlaceMap);
