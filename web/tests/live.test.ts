import { beforeEach, expect, test, vi } from "vitest";
import { followLive, keepTyped, LivePart } from "../src/live";

const PAGE = `<div id="words" data-changed="{id} changed" data-changed-many="{n} cases changed"
  data-changed-while-typing="kept"></div><p id="said"></p>
<section id="queue" data-live="/live/queue" data-live-from="/queue">
  <table><tbody><tr id="case-7"><td><a class="t">Gap in the railing</a></td><td>new</td></tr></tbody></table>
  <div id="panel"><form method="post" id="note"><textarea name="words"></textarea></form></div>
</section>`;

class Stream extends EventTarget {
  static last: Stream | null = null;
  readyState = 1;
  constructor(readonly url: string) {
    super();
    Stream.last = this;
  }
  close(): void {}
}

function answerWith(html: string) {
  return vi.fn(async () => ({ ok: true, redirected: false, text: async () => html }));
}

beforeEach(() => {
  document.body.innerHTML = PAGE;
  vi.stubGlobal("EventSource", Stream);
});

test("a page follows the stream it names", () => {
  followLive(document);

  expect(Stream.last?.url).toBe("/live/queue");
});

function tells(stream: Stream | null, type: string, data: object): void {
  stream?.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
}

test("a page that was stale when its stream began is fetched at once, another is not", async () => {
  const fetching = vi.fn(answerWith(PAGE.replace("<td>new</td>", "<td>dispatched</td>")));
  vi.stubGlobal("fetch", fetching);
  followLive(document);

  tells(Stream.last, "listening", { stale: false });
  expect(fetching).not.toHaveBeenCalled();
  tells(Stream.last, "listening", { stale: true });

  await vi.waitFor(() => expect(document.getElementById("case-7")?.textContent).toContain("dispatched"));
  expect(fetching).toHaveBeenCalledTimes(1);
});

test("a page that lost its stream is fetched once the stream listens again", async () => {
  const fetching = vi.fn(answerWith(PAGE.replace("<td>new</td>", "<td>dispatched</td>")));
  vi.stubGlobal("fetch", fetching);
  followLive(document);

  Stream.last?.dispatchEvent(new Event("error"));
  Stream.last?.dispatchEvent(new Event("open"));
  expect(fetching).not.toHaveBeenCalled();
  tells(Stream.last, "listening", { stale: false });

  await vi.waitFor(() => expect(document.getElementById("case-7")?.textContent).toContain("dispatched"));
});

test("a changed row is morphed in, tinted, and said", async () => {
  vi.stubGlobal("fetch", answerWith(PAGE.replace("<td>new</td>", "<td>dispatched</td>")));

  await new LivePart(document.getElementById("queue") as HTMLElement).refresh([{ case: 7, version: 2 }]);

  const row = document.getElementById("case-7");
  expect([row?.textContent, row?.className, document.getElementById("said")?.textContent]).toEqual([
    "Gap in the railingdispatched",
    "new",
    "Gap in the railing changed",
  ]);
});

test("a page that asks for a login again changes nothing", async () => {
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => ({ ok: true, redirected: true, text: async () => "<p>log in</p>" })),
  );
  const before = document.body.innerHTML;

  await new LivePart(document.getElementById("queue") as HTMLElement).refresh([{ case: 7, version: 2 }]);

  expect(document.body.innerHTML).toBe(before);
});

test("news that come while the page cannot be fetched are shown once it can", async () => {
  vi.useFakeTimers();
  const fetching = vi.fn(async (): Promise<unknown> => Promise.reject(new Error("offline")));
  vi.stubGlobal("fetch", fetching);
  await new LivePart(document.getElementById("queue") as HTMLElement).refresh([{ case: 7, version: 2 }]);
  fetching.mockImplementation(answerWith(PAGE.replace("<td>new</td>", "<td>dispatched</td>")));

  await vi.advanceTimersByTimeAsync(10_000);
  vi.useRealTimers();

  expect(document.getElementById("case-7")?.textContent).toContain("dispatched");
});

test("changes that never stop coming are shown all the same", async () => {
  vi.useFakeTimers();
  const fetching = vi.fn(answerWith(PAGE.replace("<td>new</td>", "<td>dispatched</td>")));
  vi.stubGlobal("fetch", fetching);
  const part = new LivePart(document.getElementById("queue") as HTMLElement);

  for (let version = 1; version <= 20; version++) {
    part.take({ case: 7, version });
    await vi.advanceTimersByTimeAsync(50);
  }
  const shown = document.getElementById("case-7")?.textContent;
  vi.useRealTimers();

  expect(shown).toContain("dispatched");
});

test("typing marks a form that is sent by post", () => {
  followLive(document);
  const words = document.querySelector("textarea") as HTMLTextAreaElement;

  words.dispatchEvent(new Event("input", { bubbles: true }));

  expect(words.form?.hasAttribute("data-typing")).toBe(true);
});

test("a form in use that the fresh page lacks stays in its place", () => {
  const part = document.getElementById("queue") as HTMLElement;
  part.querySelector("form")?.setAttribute("data-typing", "");
  const fresh = part.cloneNode(true) as HTMLElement;
  fresh.querySelector("form")?.remove();

  const kept = keepTyped(part, fresh);

  expect([kept, fresh.querySelector("#panel > form#note") !== null]).toEqual([true, true]);
});
