import { icon } from "./icons";
export const keep = icon;
export function showPhotos(_root: Document): void {}
