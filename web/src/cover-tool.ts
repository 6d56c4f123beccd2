// Covering a photo by hand: tap or drag adds a box, a tap on a box takes it away; all of it by keyboard too.
// <form> … <input type="hidden" name="boxes"> <cover-tool><img></cover-tool> <fieldset data-cover-rows> a table with a
// row [data-box] for each box </fieldset>. Without a script the table does it.
import { announce } from "./announce";
import { type Box, between, inside, pushed, TAPPED, under } from "./cover-boxes";
import { words } from "./words";

const SVG = "http://www.w3.org/2000/svg";

class CoverTool extends HTMLElement {
  readonly #layer = document.createElementNS(SVG, "svg");
  readonly #list = document.createElement("ol");
  #boxes: Box[] = [];
  #from: [number, number] | null = null;

  connectedCallback(): void {
    const form = this.closest("form");
    const rows = form?.querySelector<HTMLFieldSetElement>("[data-cover-rows]");
    if (!form || !rows || this.#list.isConnected) return;
    this.#boxes = [...rows.querySelectorAll<HTMLElement>("[data-box]")].flatMap(boxOf);
    rows.hidden = rows.disabled = true;
    this.#list.className = "covered";
    this.#layer.setAttribute("viewBox", "0 0 1 1");
    this.#layer.setAttribute("preserveAspectRatio", "none");
    this.#layer.setAttribute("aria-hidden", "true");
    this.append(this.#layer);
    this.after(this.#buttons(), this.#list);
    this.#layer.addEventListener("pointerdown", (event) => this.#begin(event));
    this.#layer.addEventListener("pointermove", (event) => this.#drag(event));
    this.#layer.addEventListener("pointerup", (event) => this.#end(event));
    this.#layer.addEventListener("pointercancel", () => this.#begun(null));
    this.#draw();
  }

  #buttons(): HTMLElement {
    const line = document.createElement("p");
    const add = document.createElement("button");
    line.className = "row s q";
    add.type = "button";
    add.className = "btn";
    add.textContent = words("coverAdd");
    add.addEventListener("click", () => {
      const corner = 0.5 - TAPPED / 2;
      const box = { x: corner, y: corner, w: TAPPED, h: TAPPED, kind: "hand", name: words("coverHand") };
      this.#set([...this.#boxes, box], words("coverAdded"));
      this.#focus(this.#boxes.length - 1);
    });
    line.append(add, words("coverKeys"));
    return line;
  }

  #at(event: PointerEvent): [number, number] {
    const sides = this.#layer.getBoundingClientRect();
    return [(event.clientX - sides.left) / sides.width, (event.clientY - sides.top) / sides.height];
  }

  #begin(event: PointerEvent): void {
    event.preventDefault();
    this.#layer.setPointerCapture(event.pointerId);
    this.#begun(this.#at(event));
  }

  #begun(from: [number, number] | null): void {
    this.#from = from;
    this.#draw();
  }

  #drag(event: PointerEvent): void {
    if (!this.#from) return;
    this.#draw();
    this.#layer.append(rect(between(this.#from, this.#at(event), ""), "drawing"));
  }

  // a tap on a box takes it away; a tap elsewhere, or a drag, adds one
  #end(event: PointerEvent): void {
    if (!this.#from) return;
    const box = between(this.#from, this.#at(event), words("coverHand"));
    const hit = under(this.#boxes, this.#from);
    const isTap = box.w === TAPPED && box.h === TAPPED;
    this.#from = null;
    if (isTap && hit >= 0) this.#remove(hit);
    else this.#set([...this.#boxes, box], words("coverAdded"));
  }

  #remove(at: number): void {
    this.#set(
      this.#boxes.filter((_, each) => each !== at),
      words("coverRemoved"),
    );
  }

  #set(boxes: Box[], said: string): void {
    this.#boxes = boxes;
    this.#draw();
    announce(`${said} · ${words("coverTotal", { n: boxes.length })}`);
  }

  #draw(): void {
    const field = this.closest("form")?.querySelector<HTMLInputElement>("input[name=boxes]");
    const sent = this.#boxes.map(({ x, y, w, h, kind }) => ({ x, y, w, h, kind }));
    if (field) field.value = JSON.stringify(sent);
    this.#layer.replaceChildren(...this.#boxes.map((box) => rect(box, box.kind)));
    this.#list.replaceChildren(...this.#boxes.map((box, at) => this.#item(box, at)));
  }

  #item(box: Box, at: number): HTMLLIElement {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn sm";
    button.textContent = words("coverNamed", { n: at + 1, name: box.name });
    button.setAttribute("aria-description", words("coverKeys"));
    button.addEventListener("click", () => this.#gone(at));
    button.addEventListener("keydown", (event) => this.#key(event, at));
    button.addEventListener("focus", () => this.#mark(at));
    item.append(button);
    return item;
  }

  #key(event: KeyboardEvent, at: number): void {
    const box = this.#boxes[at];
    if (!box) return;
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.#gone(at);
      return;
    }
    const moved = pushed(box, event.key, event.shiftKey);
    if (!moved) return;
    event.preventDefault();
    this.#boxes[at] = inside(moved);
    this.#draw();
    this.#focus(at);
  }

  #gone(at: number): void {
    this.#remove(at);
    this.#focus(Math.min(at, this.#boxes.length - 1));
  }

  #focus(at: number): void {
    const button = this.#list.querySelectorAll("button")[at] ?? this.nextElementSibling?.querySelector("button");
    button?.focus();
  }

  #mark(at: number): void {
    this.#layer.querySelectorAll("rect").forEach((each, n) => {
      each.classList.toggle("chosen", n === at);
    });
  }
}

function rect(box: Box, kind: string): SVGRectElement {
  const drawn = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ x: box.x, y: box.y, width: box.w, height: box.h }))
    drawn.setAttribute(name, String(value));
  drawn.setAttribute("class", kind);
  return drawn;
}

function boxOf(row: HTMLElement): Box[] {
  const ticked = row.querySelector<HTMLInputElement>("input[type=checkbox]")?.checked;
  const [x, y, w, h] = [...row.querySelectorAll<HTMLInputElement>("input[type=text]")].map(
    (field) => Number(field.value) / 100,
  );
  if (!ticked || x === undefined || y === undefined || !w || !h) return [];
  return [{ x, y, w, h, kind: row.dataset.kind ?? "hand", name: row.dataset.words ?? "" }];
}

if (!customElements.get("cover-tool")) customElements.define("cover-tool", CoverTool);
