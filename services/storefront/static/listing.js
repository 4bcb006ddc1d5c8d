// Category and search pages: a filter takes effect when it is ticked, and more products join the list in place.

import { page } from "./shop.js";

const wide = matchMedia("(min-width: 64rem)");

/** The form's address without what is empty, so that links stay short. */
function address(form) {
  const fields = [...new FormData(form)].filter(([, value]) => value !== "");
  const query = new URLSearchParams(fields).toString();
  return form.getAttribute("action") + (query ? `?${query}` : "");
}

const form = document.querySelector("[data-filters]");
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  location.assign(address(form));
});
// On a phone the filters are a sheet: there the button at its end says when.
form?.addEventListener("change", () => wide.matches && location.assign(address(form)));
document.getElementById("sort")?.addEventListener("change", () => location.assign(address(form)));

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-next]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  link.setAttribute("aria-busy", "true");
  try {
    const answer = await page(link.href);
    const cards = [...answer.document.querySelectorAll("[data-goods] > *")];
    if (!cards.length) return location.assign(link.href);
    document.querySelector("[data-goods]").append(...cards);
    const next = answer.document.querySelector("[data-next]");
    if (next) link.replaceWith(next);
    else link.remove();
    cards[0].querySelector("a")?.focus({ preventScroll: true });
  } catch {
    location.assign(link.href);
  }
});
