// Phrases come with the page, translated by Django: <div id="words" hidden data-changed="{n} changed" …>.

/** The phrase `name` of this page with {name}s filled in; empty when the page carries no such phrase. */
export function words(name: string, facts: Record<string, string | number> = {}): string {
  const phrase = document.getElementById("words")?.dataset[name] ?? "";
  return phrase.replace(/\{(\w+)\}/g, (whole, key: string) => String(facts[key] ?? whole));
}
