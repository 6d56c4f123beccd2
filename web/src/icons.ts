// The one sprite of the house, drawn by <use>: a file of its own, so every page shares the copy in the cache.
import "./favicon.svg?url";
import sprite from "./icons.svg?url";

const SVG = "http://www.w3.org/2000/svg";

/** An icon of the sprite such as "i-check", hidden from screen readers: a word always stands beside it. */
export function icon(name: string, className = "i"): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}
