// Whether a graphics card draws what is asked for by WebGL. Where there is none, the processor plays one, slowly, or there is no WebGL.

/** What cards that the processor plays are called: of Chromium, of Linux, of Windows. */
const PLAYED = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Is a map drawn by WebGL? Tiles of a basemap also where the processor plays the card: it alone can show them. */
export function drawnByCard(basemap: string): boolean {
  const name = cardName();
  return name !== null && (basemap !== "" || !PLAYED.test(name));
}

/** What draws WebGL here; null for nothing. */
function cardName(): string | null {
  const pen = document.createElement("canvas").getContext("webgl2");
  if (!pen) return null;
  const facts = pen.getExtension("WEBGL_debug_renderer_info");
  const name = String(pen.getParameter(facts ? facts.UNMASKED_RENDERER_WEBGL : pen.RENDERER));
  pen.getExtension("WEBGL_lose_context")?.loseContext();
  return name;
}
