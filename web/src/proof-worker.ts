// Works beside the page, so that typing never waits for it.
import { payload, solve, type Challenge } from "./proof";

addEventListener("message", (event: MessageEvent<Challenge>) => {
  void solve(event.data).then((found) => postMessage(found ? payload(event.data, found) : ""));
});
