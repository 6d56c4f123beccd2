// Counts by cell far out, single places near in: what a map of cases shows is asked for anew for each view.
import type { Bounds } from "./map-facts";

/** What the city answers for a view: outlines with a count, and places with an address. */
export interface Answer {
  cells: { id: string; n: number; words?: string; ring: [number, number][]; middle: [number, number] }[];
  points: { address: string; title: string; lng: number; lat: number }[];
}

/** The answer before there is one. */
export const NOTHING: Answer = { cells: [], points: [] };

/** How many steps nearer a press on a count brings the map. */
export const NEARER = 1.5;

/** A map on which counts are shown. */
export interface Counted {
  seen(): { bounds: Bounds; zoom: number };
  put(answer: Answer): void;
}

/** Asks for what a map shows. */
export interface Counts {
  /** Ask for what is seen now; an answer for what was seen before is dropped. */
  ask(): Promise<void>;
  stop(): void;
}

/** Show on `map` what `address` answers: when it is asked, and whenever the page was refreshed. */
export function followCounts(map: Counted, address: string): Counts {
  let asked: AbortController | null = null;
  const ask = async (): Promise<void> => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(viewAddress(address, map), { signal: asked.signal });
      if (answer.ok) map.put((await answer.json()) as Answer);
    } catch (problem) {
      if (!(problem instanceof DOMException && problem.name === "AbortError")) console.warn("map", problem);
    }
  };
  const fresh = (): void => void ask();
  document.addEventListener("anlan:refreshed", fresh);
  return {
    ask,
    stop: () => {
      asked?.abort();
      document.removeEventListener("anlan:refreshed", fresh);
    },
  };
}

function viewAddress(address: string, map: Counted): string {
  const found = new URL(address, location.href);
  const { bounds, zoom } = map.seen();
  found.searchParams.set("bbox", bounds.map((each) => each.toFixed(4)).join(","));
  found.searchParams.set("zoom", zoom.toFixed(1));
  return found.href;
}
