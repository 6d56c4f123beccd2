// A browser follows something: <section data-push="address to tell" data-push-key="address of the key" hidden> shows
// itself where the browser can take messages.

/** Make the section [data-push] of `root` work. */
export function offerPush(root: Document): void {
  const section = root.querySelector<HTMLElement>("[data-push]");
  if (!section || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  section.hidden = false;
  const button = section.querySelector("button");
  button?.addEventListener("click", () => void follow(section, button));
}

async function follow(section: HTMLElement, button: HTMLButtonElement): Promise<void> {
  const said = section.querySelector<HTMLElement>("[data-push-said]");
  if (!said) return;
  try {
    if ((await Notification.requestPermission()) !== "granted") {
      said.textContent = said.dataset.no ?? "";
      return;
    }
    const end = await tell(section.dataset.push ?? "", await subscribed(section.dataset.pushKey ?? ""));
    button.hidden = true;
    const link = document.createElement("a");
    link.href = end;
    link.textContent = said.dataset.end ?? "";
    said.replaceChildren(`${said.dataset.yes ?? ""} `, link);
  } catch (problem) {
    console.warn("push", problem);
    said.textContent = said.dataset.failed ?? "";
  }
}

async function subscribed(keyAddress: string): Promise<PushSubscription> {
  const worker = await navigator.serviceWorker.register("/push-worker.js");
  const answer = await fetch(keyAddress);
  const { key } = (await answer.json()) as { key: string };
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function tell(address: string, subscription: PushSubscription): Promise<string> {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(subscription),
  });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  const { end } = (await answer.json()) as { end: string };
  return end;
}
