// Saying where something is: by pressing "where I am", or under the cross of a map. Both only add to the words.
// <div data-place-pick> holds the hidden inputs [data-place=lng|lat|accuracy|source], the buttons [data-place-here],
// [data-place-map] and [data-place-clear], a hidden <place-map pick>, and a sentence [data-place-said].
import { PlaceMap } from "./place-map";
import { words } from "./words";

const WAIT_MS = 15_000;

/** A point as it is sent: WGS-84 degrees; `accuracy` in metres when the device gave one. */
export interface Pick {
  lng: number;
  lat: number;
  accuracy: number | null;
  source: "map" | "position";
}

/** Make every place picker of `root` work. */
export function pickPlaces(root: Document): void {
  for (const box of root.querySelectorAll<HTMLElement>("[data-place-pick]")) new PlacePick(box);
}

class PlacePick {
  readonly #box: HTMLElement;

  constructor(box: HTMLElement) {
    this.#box = box;
    this.#on("here", () => this.#here());
    this.#on("map", () => this.#map());
    this.#on("clear", () => this.#set(null));
    this.#button("clear")?.toggleAttribute("hidden", !this.#field("lng")?.value);
  }

  #on(name: string, act: () => void): void {
    const button = this.#button(name);
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", act);
  }

  #button(name: string): HTMLButtonElement | null {
    return this.#box.querySelector(`[data-place-${name}]`);
  }

  #field(name: string): HTMLInputElement | null {
    return this.#box.querySelector(`[data-place=${name}]`);
  }

  #say(sentence: string): void {
    const said = this.#box.querySelector("[data-place-said]");
    if (said) said.textContent = sentence;
  }

  #here(): void {
    if (!navigator.geolocation) return this.#say(words("hereFailed"));
    this.#say(words("hereWait"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const { longitude: lng, latitude: lat, accuracy } = coords;
        this.#set({ lng, lat, accuracy: Math.round(accuracy), source: "position" });
      },
      (problem) => this.#say(words(problem.code === problem.PERMISSION_DENIED ? "hereDenied" : "hereFailed")),
      { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: 0 },
    );
  }

  #map(): void {
    const map = this.#box.querySelector<PlaceMap>("place-map");
    const button = this.#button("map");
    if (!map) return;
    map.hidden = !map.hidden;
    button?.setAttribute("aria-expanded", String(!map.hidden));
    if (map.drawn) this.#aim(map);
    else map.addEventListener("drawn", () => this.#aim(map), { once: true });
  }

  // the place is what lies under the cross, from the first move somebody makes
  #aim(map: PlaceMap): void {
    if (!map.drawn || map.querySelector(".cross")) return;
    const cross = document.createElement("span");
    cross.className = "cross";
    map.querySelector(".map")?.append(cross);
    map.drawn.pick(this.#point(), ([lng, lat]) => this.#set({ lng, lat, accuracy: null, source: "map" }));
  }

  #point(): [number, number] | null {
    const [lng, lat] = [this.#field("lng")?.value, this.#field("lat")?.value];
    return lng && lat ? [Number(lng), Number(lat)] : null;
  }

  #set(pick: Pick | null): void {
    const values = {
      lng: pick?.lng.toFixed(6) ?? "",
      lat: pick?.lat.toFixed(6) ?? "",
      accuracy: pick?.accuracy?.toString() ?? "",
      source: pick?.source ?? "",
    };
    for (const [name, value] of Object.entries(values)) {
      const field = this.#field(name);
      if (field) field.value = value;
    }
    this.#button("clear")?.toggleAttribute("hidden", !pick);
    this.#say(said(pick));
    this.#field("lng")?.dispatchEvent(new Event("change", { bubbles: true })); // hidden fields say nothing by themselves
  }
}

function said(pick: Pick | null): string {
  if (!pick) return words("pickCleared");
  if (pick.accuracy !== null) return words("hereDone", { n: pick.accuracy });
  return words("pickDone", { lat: pick.lat.toFixed(5), lng: pick.lng.toFixed(5) });
}
