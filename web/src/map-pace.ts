// Keeps a map in step with the hand that moves it. Without a graphics card the processor fills every dot of it, and
// fewer dots while it moves are better than a map that jerks. At rest every map is sharp.
import type { Map as Drawing } from "maplibre-gl";

/** Milliseconds a frame may take: 30 a second. */
const FRAME = 1000 / 30;
/** Frames that are looked at before dots are given up. */
const LOOKED_AT = 4;
/** The fewest dots a side, of those that the screen has. */
const COARSEST = 0.4;
/** Milliseconds of rest before the map is drawn sharp. */
const REST = 150;

/** The share of the screen's dots a side that a moving map draws, after one whose frames took so many milliseconds.
 * It only falls: a map that changed to and fro while it moves would flicker. */
export function nextShare(share: number, frames: number[]): number {
  const middle = [...frames].sort((a, b) => a - b)[Math.floor(frames.length / 2)] ?? 0;
  return middle <= FRAME ? share : Math.max(COARSEST, share * Math.sqrt((0.8 * FRAME) / middle));
}

/** Draw `drawing` coarser while it is moved, as far as this machine needs it. */
export function keepPace(drawing: Drawing): void {
  let share = 1;
  let drawn = 1;
  let last = 0;
  let frames: number[] = [];
  let resting: ReturnType<typeof setTimeout> | undefined;

  const put = (wanted: number): void => {
    if (wanted === drawn) return;
    drawn = wanted;
    drawing.setPixelRatio(window.devicePixelRatio * wanted);
    drawing.redraw();
  };
  // frames of the page, not of the map: a hand that holds still is no slow machine
  const look = (now: number): void => {
    if (!drawing.isMoving()) return;
    frames.push(now - last);
    last = now;
    if (frames.length >= LOOKED_AT) {
      share = nextShare(share, frames);
      frames = [];
    }
    put(share);
    requestAnimationFrame(look);
  };
  drawing.on("movestart", () => {
    clearTimeout(resting);
    frames = [];
    requestAnimationFrame((now) => {
      last = now;
      requestAnimationFrame(look);
    });
  });
  drawing.on("moveend", () => {
    clearTimeout(resting);
    resting = setTimeout(() => put(1), REST);
  });
  drawing.on("remove", () => clearTimeout(resting));
}
