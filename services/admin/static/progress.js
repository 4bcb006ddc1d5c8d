/** How far an import is, without the page being loaded again and again. */

import { one, page } from "./admin.js";

async function watch(box) {
  for (;;) {
    await new Promise((done) => setTimeout(done, 700));
    const fresh = await page(location.href).catch(() => undefined);
    const now = fresh && one("[data-progress]", fresh);
    if (fresh && !now) return location.reload();
    if (now) box.replaceChildren(...now.children);
  }
}

const box = one("[data-progress]");
if (box) watch(box);
