// Paints a map by the processor: the ground, squares and their counts, names and pins, in the colours of the design.
import { type Tone, TONES } from "./map-items";
import { type Box, boxAround, freeBox, linesFrom } from "./map-labels";
import { type Ground, type Name, PARTS, type Pin, type Spot } from "./map-scene";
import { NAMES, scale, TOWNSHIPS_FROM } from "./map-style";
import { type Point, scaleOf, screenOf, type View } from "./map-view";
import { PIN_SIZE, pinPicture, token } from "./pins";

type Pen = CanvasRenderingContext2D;

/** What is painted: the ground, cells of approximate places, outlines of counts, and what stands on them. */
export interface Scene {
  origin: Point;
  ground: Ground;
  cells: Path2D;
  rings: Path2D;
  pins: Pin[];
  spots: Spot[];
}

/** Colours, letters and pictures as the page has them now. */
export interface Look {
  colour: Record<(typeof COLOURS)[number], string>;
  family: string;
  scale: number;
  pins: Record<Tone, HTMLCanvasElement>;
  /** Pixels that words of a font are wide; they are asked for once. */
  widths: Map<string, number>;
}

const COLOURS = [
  "--m-water",
  "--m-land",
  "--m-land2",
  "--m-line",
  "--m-halo",
  "--act",
  "--act-soft",
  "--on-act",
  "--ink",
  "--ink-2",
] as const;

/** How the page looks now. */
export function lookOf(): Look {
  return {
    colour: Object.fromEntries(COLOURS.map((name) => [name, token(name)])) as Look["colour"],
    family: getComputedStyle(document.body).fontFamily,
    scale: scale(),
    pins: Object.fromEntries(TONES.map((tone) => [tone, pinPicture(tone)])) as Look["pins"],
    widths: new Map(),
  };
}

/** Paint all of `view`, with so many dots for a pixel. */
export function paint(pen: Pen, view: View, scene: Scene, look: Look, dots: number): void {
  const { colour } = look;
  pen.setTransform(dots, 0, 0, dots, 0, 0);
  pen.fillStyle = colour[scene.ground.known ? "--m-water" : "--m-land"];
  pen.fillRect(0, 0, view.width, view.height);
  const [x, y] = screenOf(view, scene.origin);
  const part = scaleOf(view) / PARTS;
  pen.setTransform(dots * part, 0, 0, dots * part, dots * x, dots * y);
  shapes(pen, scene, colour, view.zoom, 1 / part);
  pen.setTransform(dots, 0, 0, dots, 0, 0);
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  const taken = scene.spots.map((spot) => spotBox(pen, look, screenOf(view, spot.at), spot));
  for (const name of scene.ground.names) writeName(pen, view, look, name, taken);
  for (const pin of scene.pins) putPin(pen, screenOf(view, pin.at), look, pin);
  for (const spot of scene.spots) putSpot(pen, screenOf(view, spot.at), view, look, spot);
}

// `pixel`: how many parts one pixel is wide
function shapes(pen: Pen, scene: Scene, colour: Look["colour"], zoom: number, pixel: number): void {
  const { ground, cells, rings } = scene;
  fill(pen, ground.land, colour["--m-land"]);
  fill(pen, ground.chosen, colour["--m-land2"]);
  if (zoom >= TOWNSHIPS_FROM) line(pen, ground.townships, colour["--m-line"], 0.75 * pixel, 0.8);
  line(pen, ground.borders, colour["--m-line"], 1.5 * pixel);
  fill(pen, cells, colour["--act-soft"], 0.7);
  line(pen, cells, colour["--act"], 1.5 * pixel);
  fill(pen, rings, colour["--act-soft"], 0.55);
  line(pen, rings, colour["--act"], pixel);
}

function fill(pen: Pen, path: Path2D, colour: string, opacity = 1): void {
  pen.globalAlpha = opacity;
  pen.fillStyle = colour;
  pen.fill(path);
  pen.globalAlpha = 1;
}

function line(pen: Pen, path: Path2D, colour: string, width: number, opacity = 1): void {
  pen.globalAlpha = opacity;
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke(path);
  pen.globalAlpha = 1;
}

function widthOf(pen: Pen, look: Look, words: string, size: number): number {
  const font = `${size}px ${look.family}`;
  const known = look.widths.get(font + words);
  if (known !== undefined) return known;
  pen.font = font;
  const { width } = pen.measureText(words);
  look.widths.set(font + words, width);
  return width;
}

// a square is 64 pixels wide at least, whatever the letters of the page
const spotSize = (look: Look): number => 13 * Math.min(look.scale, 1.5);

function spotBox(pen: Pen, look: Look, at: Point, { lines }: Spot): Box {
  const size = spotSize(look);
  return boxAround(at, Math.max(0, ...lines.map((words) => widthOf(pen, look, words, size))), lines.length, size);
}

function writeName(pen: Pen, view: View, look: Look, { name, level, at }: Name, taken: Box[]): void {
  const [from, to] = NAMES[level] ?? [0, 0];
  if (view.zoom < from || view.zoom >= to) return;
  const size = 12 * look.scale;
  const point = screenOf(view, at);
  if (!near(point, view)) return;
  const box = freeBox(point, widthOf(pen, look, name, size), size, taken);
  if (!box) return;
  taken.push(box);
  write(pen, look, [name], [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2], size, "--ink-2", 3);
}

function putSpot(pen: Pen, at: Point, view: View, look: Look, { lines, address }: Spot): void {
  if (!near(at, view)) return;
  if (address) putPicture(pen, at, look, "ok");
  else write(pen, look, lines, at, spotSize(look), "--ink", 3);
}

function putPin(pen: Pen, at: Point, look: Look, { item }: Pin): void {
  putPicture(pen, at, look, item.tone);
  if (item.number) write(pen, look, [item.number], at, 11 * look.scale, "--on-act", 0);
  const size = 14 * look.scale;
  const beside: Point = [at[0] + 0.8 * size + widthOf(pen, look, item.count, size) / 2, at[1]];
  if (item.count) write(pen, look, [item.count], beside, size, "--ink", 4);
}

function putPicture(pen: Pen, [x, y]: Point, look: Look, tone: Tone): void {
  const size = PIN_SIZE * look.scale;
  pen.drawImage(look.pins[tone], x - size / 2, y - size / 2, size, size);
}

function write(
  pen: Pen,
  look: Look,
  lines: string[],
  [x, y]: Point,
  size: number,
  colour: keyof Look["colour"],
  halo: number,
): void {
  pen.font = `${size}px ${look.family}`;
  pen.textAlign = "center";
  pen.fillStyle = look.colour[colour];
  pen.strokeStyle = look.colour["--m-halo"];
  pen.lineWidth = halo;
  linesFrom(y, lines.length, size).forEach((at, index) => {
    if (halo) pen.strokeText(lines[index] ?? "", x, at);
    pen.fillText(lines[index] ?? "", x, at);
  });
}

function near([x, y]: Point, view: View): boolean {
  return x > -100 && y > -100 && x < view.width + 100 && y < view.height + 100;
}
