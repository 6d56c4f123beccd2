export function sendOnce(_root: Document): void {}
