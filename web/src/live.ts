export function followLive(_root: Document): void {}
