import { defineConfig } from "vitest/config";

// Names carry a hash of what is in them, so a page may keep them for ever; `manifest.json` says which is which.
export default defineConfig({
  base: "./",
  // its "main" is for script tags; the tests would take that one
  resolve: { alias: { "htmx.org": "htmx.org/dist/htmx.esm.js" } },
  css: { transformer: "lightningcss" },
  build: {
    outDir: "../build/web",
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200, // MapLibre GL is one file; it only comes with a map in view
    target: ["chrome105", "safari16", "firefox110"],
    cssTarget: ["chrome105", "safari16", "firefox110"],
    // a policy without inline script also has no use for a polyfill of module preloading
    modulePreload: { polyfill: false },
    rollupOptions: { input: { main: "src/main.ts", app: "css/app.css" } },
  },
  test: {
    environment: "jsdom",
    isolate: false, // a window of its own for each file took five times as long as all tests
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/browser.ts"],
    server: { deps: { inline: ["htmx.org"] } },
  },
});
