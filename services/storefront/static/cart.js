// The cart page: a changed quantity is sent at once and the page's middle is replaced by what comes back.

import { badge, page, steppers } from "./shop.js";

let latest = 0;

async function send(form) {
  const turn = ++latest;
  const cart = document.querySelector("[data-cart]");
  cart.setAttribute("aria-busy", "true");
  const focused = document.activeElement?.id;
  try {
    const answer = await page(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const fresh = answer.document.querySelector("[data-cart]");
    if (!fresh) return location.assign("cart");
    // A later change is under way: its answer will show both.
    if (turn !== latest) return;
    cart.replaceWith(fresh);
    badge(Number(answer.document.querySelector("[data-count]")?.textContent ?? 0));
    begin();
    if (focused) document.getElementById(focused)?.focus();
  } catch {
    form.submit();
  }
}

function begin() {
  steppers();
  for (const form of document.querySelectorAll("[data-change]")) {
    const update = form.querySelector("[data-update]");
    if (update) update.hidden = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
    form.addEventListener("change", () => form.reportValidity() && send(form));
  }
}

begin();
