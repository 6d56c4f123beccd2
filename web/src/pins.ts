// Pins by the status vocabulary: a dot on time, an amber house near due, a red square overdue, a ring when the clock stands.
import type { Tone } from "./map-items";

/** Pixels that a pin's picture is wide and high. */
export const PIN_SIZE = 26;

const SHAPES: Record<Tone, string> = {
  ok: "M13 6a7 7 0 1 0 0 14a7 7 0 1 0 0-14z",
  amber: "M13 3l9 8v10H4V11z",
  red: "M5 5h16v16H5z",
  stop: "M13 6a7 7 0 1 0 0 14a7 7 0 1 0 0-14z",
};

/** A colour of the design tokens as the browser computes it now, light or dark. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function paints(tone: Tone): { fill: string; stroke: string; width: number } {
  if (tone === "stop") return { fill: token("--surface"), stroke: token("--edge"), width: 2.5 };
  const fill = { ok: "--act", amber: "--amber-mark", red: "--red-mark" }[tone];
  return { fill: token(fill), stroke: token("--m-halo"), width: 1.5 };
}

/** The picture of a pin at twice its size. */
export function pinPicture(tone: Tone): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = PIN_SIZE * 2;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) return canvas;
  const { fill, stroke, width } = paints(tone);
  const shape = new Path2D(SHAPES[tone]);
  pen.scale(2, 2);
  pen.fillStyle = fill;
  pen.strokeStyle = stroke;
  pen.lineWidth = width;
  pen.fill(shape);
  pen.stroke(shape);
  return canvas;
}

/** Its dots. */
export function pinImage(tone: Tone): ImageData | null {
  const picture = pinPicture(tone);
  return picture.getContext("2d")?.getImageData(0, 0, picture.width, picture.height) ?? null;
}
