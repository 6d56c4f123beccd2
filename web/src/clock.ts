// The clock of the wall: hours and minutes, also while nothing else changes.

/** Keep every part of `root` that shows the time of day at it, in the time zone that it names. */
export function keepClock(root: Document): void {
  if (!root.querySelector("[data-clock]")) return;
  window.setInterval(() => {
    const now = new Date();
    for (const part of root.querySelectorAll<HTMLElement>("[data-clock]")) {
      part.textContent = timeOfDay(now, part.dataset.clock);
    }
  }, 1000);
}

/** Hours and minutes of `at` in a time zone, as "08:05"; the browser's own zone when none is named. */
export function timeOfDay(at: Date, zone?: string): string {
  const form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone || undefined } as const;
  return new Intl.DateTimeFormat("en-GB", form).format(at);
}
