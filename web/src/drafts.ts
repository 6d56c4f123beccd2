export function keepDrafts(_root: Document, _store: Storage): void {}
