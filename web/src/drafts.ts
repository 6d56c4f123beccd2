// What somebody typed into <form data-draft="report"> outlives a closed page or a lost connection, in this tab only,
// until a page with data-draft-done="report" says it arrived. Contact details are not kept: data-draft-skip.
import { announce } from "./announce";
import { words } from "./words";

type Typed = Record<string, string[]>;
type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const PREFIX = "draft:";
const NOT_KEPT = new Set(["file", "password", "hidden", "tel", "email", "submit", "button"]);

/** Keep the drafts of `root` in `store`, and bring back what was typed before. */
export function keepDrafts(root: Document, store: Storage): void {
  for (const done of root.querySelectorAll<HTMLElement>("[data-draft-done]"))
    store.removeItem(PREFIX + done.dataset.draftDone);
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-draft]")) {
    const key = PREFIX + form.dataset.draft;
    if (bringBack(form, read(store, key))) announce(words("draftBack"));
    form.addEventListener("input", () => write(store, key, typedIn(form)));
  }
}

function controls(form: HTMLFormElement): Control[] {
  return [...form.elements].filter(
    (each): each is Control =>
      "value" in each &&
      !(each instanceof HTMLButtonElement) &&
      !NOT_KEPT.has((each as Control).type) &&
      (each as Control).name !== "" &&
      !each.closest("[data-draft-skip]"),
  );
}

const ticks = (control: Control): control is HTMLInputElement =>
  control.type === "radio" || control.type === "checkbox";

/** What stands in the form now, by name. */
export function typedIn(form: HTMLFormElement): Typed {
  const typed: Typed = {};
  for (const control of controls(form)) {
    if (ticks(control) ? !control.checked : !control.value) continue;
    (typed[control.name] ??= []).push(control.value);
  }
  return typed;
}

/** Fill what is still empty from `typed`; true when something came back. */
export function bringBack(form: HTMLFormElement, typed: Typed): boolean {
  const filled = typedIn(form);
  let back = false;
  for (const control of controls(form)) {
    const values = typed[control.name];
    if (!values || (filled[control.name] && !(control instanceof HTMLSelectElement))) continue;
    if (ticks(control)) control.checked = values.includes(control.value);
    else if (control.value !== (values[0] ?? "")) control.value = values[0] ?? "";
    else continue;
    back ||= !ticks(control) || control.checked;
  }
  return back;
}

function read(store: Storage, key: string): Typed {
  try {
    return JSON.parse(store.getItem(key) ?? "{}") as Typed;
  } catch {
    return {};
  }
}

function write(store: Storage, key: string, typed: Typed): void {
  try {
    store.setItem(key, JSON.stringify(typed));
  } catch {
    // a full or forbidden store only costs the draft
  }
}
