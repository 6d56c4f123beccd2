import { afterEach, expect, test, vi } from "vitest";
import { drawnByCard } from "../src/graphics-card";

/** A browser whose WebGL is drawn by `name`; null for one without WebGL. */
function withCard(name: string | null): void {
  const pen = { RENDERER: 1, getParameter: () => name, getExtension: () => null };
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation((() => (name ? pen : null)) as never);
}

afterEach(() => void vi.restoreAllMocks());

test.each([
  ["ANGLE (Intel, Mesa Intel(R) UHD Graphics 620 (KBL GT2), OpenGL 4.6)", true],
  ["Apple GPU", true],
  ["ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)", false],
  ["ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11 vs_5_0 ps_5_0)", false],
  ["llvmpipe, or similar", false],
  [null, false],
])("%s draws a map: %s", (name, drawn) => {
  withCard(name);

  expect(drawnByCard("")).toBe(drawn);
});

test("tiles of a basemap are drawn by WebGL wherever there is one", () => {
  withCard("llvmpipe, or similar");
  const slow = drawnByCard("/city.pmtiles");
  withCard(null);

  expect([slow, drawnByCard("/city.pmtiles")]).toEqual([true, false]);
});
