import { afterEach, expect, test, vi } from "vitest";
import { type Answer, type Counts, followCounts } from "../src/map-counts";

const ANSWER: Answer = { cells: [], points: [{ address: "/cases/7/", title: "", lng: 1, lat: 2 }] };
let counts: Counts | undefined;

afterEach(() => counts?.stop());

function followed(fetched: typeof fetch) {
  vi.stubGlobal("fetch", fetched);
  const put = vi.fn();
  counts = followCounts({ seen: () => ({ bounds: [121.00001, 28, 122, 29], zoom: 9.34 }), put }, "/map.json?kind=fire");
  return { counts, put };
}

test("counts are asked for by what is seen, when asked to and when the page was refreshed", async () => {
  const fetched = vi.fn(async (_: string) => ({ ok: true, json: async () => ANSWER }));
  const { counts, put } = followed(fetched as never);

  await counts.ask();
  document.dispatchEvent(new Event("anlan:refreshed"));
  await vi.waitFor(() => expect(put).toHaveBeenCalledTimes(2));

  const asked = new URL(fetched.mock.calls[0]![0]);
  expect(Object.fromEntries(asked.searchParams)).toEqual({
    kind: "fire",
    bbox: "121.0000,28.0000,122.0000,29.0000",
    zoom: "9.3",
  });
  expect(put).toHaveBeenCalledWith(ANSWER);
});

test("what was asked before the view changed again is dropped, and a map that is gone asks no more", async () => {
  const signals: AbortSignal[] = [];
  const fetched = vi.fn(async (_: string, { signal }: { signal: AbortSignal }) => {
    signals.push(signal);
    return { ok: false };
  });
  const { counts, put } = followed(fetched as never);

  await Promise.all([counts.ask(), counts.ask()]);
  counts.stop();
  document.dispatchEvent(new Event("anlan:refreshed"));

  expect(signals.map((each) => each.aborted)).toEqual([true, true]);
  expect([put.mock.calls, fetched.mock.calls.length]).toEqual([[], 2]);
});
