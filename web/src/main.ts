// What every page loads. Maps, and all that draws them, come later and only when one is in view.
import "htmx.org";
import "./cover-tool";
import "./place-map";
import { keepClock } from "./clock";
import { keepDrafts } from "./drafts";
import { followLive } from "./live";
import { sendOnce } from "./once";
import { showPhotos } from "./photos";
import { pickPlaces } from "./place-pick";
import { pressButtons } from "./press";
import { proveWork } from "./prove";
import { offerPush } from "./push";

document.documentElement.classList.add("js");
followLive(document);
keepClock(document);
keepDrafts(document, window.sessionStorage);
proveWork(document);
sendOnce(document);
showPhotos(document);
pickPlaces(document);
pressButtons(document);
offerPush(document);
