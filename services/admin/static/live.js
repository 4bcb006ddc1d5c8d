/** Keeps a page's figures as they are now: the server says when something has changed, and the page's parts are taken
 * from it anew. A page that nobody looks at asks nothing. */

import { all, one, page } from "./admin.js";

let stream;

async function renew() {
  const now = await page(location.href);
  if (!now) return;
  for (const part of all("[data-part]")) {
    const fresh = one(`[data-part="${part.dataset.part}"]`, now);
    // What somebody is looking into stays open, and keeps its place.
    if (!fresh || part.contains(document.activeElement) || one("details[open]", part)) continue;
    part.replaceWith(document.importNode(fresh, true));
  }
}

function watch() {
  if (document.hidden) {
    stream?.close();
    stream = undefined;
  } else if (!stream) {
    stream = new EventSource("/admin/live");
    stream.addEventListener("changed", renew);
  }
}

document.addEventListener("visibilitychange", watch);
addEventListener("pagehide", () => stream?.close());
watch();
