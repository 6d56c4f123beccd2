// What changed, said politely: a screen reader finishes its sentence first.

/** Say `text` through the page's live region. */
export function announce(text: string): void {
  const region = document.getElementById("said");
  if (region) region.textContent = text;
}
