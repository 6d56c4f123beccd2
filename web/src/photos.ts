// Photos before they are sent: what they are, how large, and a way to take one back.
// <input type="file" multiple data-photos data-max="4" data-max-bytes="20971520">; without this the bare input works.
import { announce } from "./announce";
import { icon } from "./icons";
import { words } from "./words";

/** Which of the chosen files are kept, and what to tell about the rest. */
export interface Choice {
  kept: File[];
  said: string[];
}

/** Add `chosen` to `held`: no more than `max`, none larger than `maxBytes`, none twice. */
export function choose(held: File[], chosen: File[], max: number, maxBytes: number): Choice {
  const said: string[] = [];
  const kept = [...held];
  let over = 0;
  for (const file of chosen) {
    if (kept.some((each) => each.name === file.name && each.size === file.size)) continue;
    if (file.size > maxBytes)
      said.push(words("photoTooLarge", { name: file.name, size: sizeOf(file.size), max: sizeOf(maxBytes) }));
    else if (kept.length >= max) over += 1;
    else kept.push(file);
  }
  if (over) said.push(words("photoTooMany", { max, n: over }));
  return { kept, said };
}

/** A size in words: "0.8 MB", "640 KB". */
export function sizeOf(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1000))} KB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Give every photo input of `root` its list. */
export function showPhotos(root: Document): void {
  for (const input of root.querySelectorAll<HTMLInputElement>("input[type=file][data-photos]"))
    new PhotoList(input);
}

class PhotoList {
  readonly #input: HTMLInputElement;
  readonly #list = document.createElement("ul");
  readonly #total = document.createElement("p");
  readonly #max: number;
  readonly #maxBytes: number;
  #held: File[] = [];

  constructor(input: HTMLInputElement) {
    this.#input = input;
    this.#max = Number(input.dataset.max ?? 4);
    this.#maxBytes = Number(input.dataset.maxBytes ?? 20 * 1024 * 1024);
    this.#list.className = "shots";
    this.#total.className = "s q";
    input.after(this.#total, this.#list);
    input.addEventListener("change", () => this.#add([...(input.files ?? [])]));
  }

  #add(files: File[]): void {
    const { kept, said } = choose(this.#held, files, this.#max, this.#maxBytes);
    this.#hold(kept, said);
  }

  #hold(files: File[], said: string[] = []): void {
    this.#held = files;
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    this.#input.files = transfer.files;
    this.#draw(said);
  }

  #draw(said: string[]): void {
    for (const image of this.#list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    this.#list.replaceChildren(...this.#held.map((file) => this.#item(file)));
    const size = sizeOf(this.#held.reduce((sum, file) => sum + file.size, 0));
    const total = words("photoTotal", { n: this.#held.length, max: this.#max, size });
    this.#total.textContent = [...said, ...(this.#held.length ? [total] : [])].join(" · ");
    announce(this.#total.textContent);
  }

  #item(file: File): HTMLLIElement {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = `${file.name} · ${sizeOf(file.size)}`;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "btn sm";
    remove.append(icon("i-x"), words("photoRemove"));
    remove.setAttribute("aria-label", words("photoRemoveNamed", { name: file.name }));
    remove.addEventListener("click", () => {
      this.#hold(this.#held.filter((each) => each !== file));
      (this.#list.querySelector("button") ?? this.#input).focus();
    });
    item.append(picture(file), name, remove);
    return item;
  }
}

/** The picture itself, or a word where the browser cannot read the kind (HEIC outside Safari). */
function picture(file: File): HTMLElement {
  const image = document.createElement("img");
  image.alt = "";
  image.src = URL.createObjectURL(file);
  image.addEventListener("error", () => {
    const none = document.createElement("span");
    none.className = "none";
    none.textContent = words("photoNoPreview");
    image.replaceWith(none);
  });
  return image;
}
