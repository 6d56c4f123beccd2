// The clock of the wall: hours and minutes, also while nothing else changes.

/** Keep every part of `root` that shows the time of day at it. */
export function keepClock(root: Document): void {
  if (!root.querySelector("[data-clock]")) return;
  window.setInterval(() => {
    const now = new Date();
    const words = [now.getHours(), now.getMinutes()].map((each) => String(each).padStart(2, "0")).join(":");
    for (const part of root.querySelectorAll("[data-clock]")) part.textContent = words;
  }, 1000);
}
