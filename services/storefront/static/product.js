// The product page: a choice of options shows its price, stock and picture at once; the thumbnails steer the
// gallery; the cart takes the product without leaving the page.

import { badge, toast } from "./shop.js";

const one = (selector) => document.querySelector(selector);
const form = one("[data-add]");
const button = one("[data-add-button]");
const shots = one(".shots");
const thumbs = [...document.querySelectorAll(".thumbs a")];
const variants = JSON.parse(one("#variants")?.textContent ?? "[]");

function show(index) {
  const shot = shots.children[index];
  if (shot) shots.scrollTo({ left: shot.offsetLeft - shots.offsetLeft, behavior: "smooth" });
}

thumbs.forEach((thumb, index) =>
  thumb.addEventListener("click", (event) => {
    event.preventDefault();
    show(index);
  }),
);

if (thumbs.length) {
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        const at = [...shots.children].indexOf(entry.target);
        thumbs.forEach((thumb, index) => thumb.toggleAttribute("aria-current", index === at));
        thumbs[at]?.setAttribute("aria-current", "true");
      }
    },
    { root: shots, threshold: 0.6 },
  );
  for (const shot of shots.children) seen.observe(shot);
}

/** The values chosen, in the order of the options. */
function chosen() {
  return [...form.querySelectorAll("fieldset")].map((set) => set.querySelector("input:checked")?.value);
}

/** The price as the server words it: `now`, and `was` when it is cut. */
function writePrice(variant) {
  const price = one("[data-price]");
  const part = (tag, text, name) =>
    Object.assign(document.createElement(tag), { textContent: text, className: name ?? "" });
  if (variant.was) {
    const was = part("s", variant.was);
    was.prepend(part("span", ", was ", "hidden-text"));
    price.replaceChildren(part("span", "Now ", "hidden-text"), part("span", variant.now, "price-cut"), was);
  } else {
    price.replaceChildren(variant.now);
  }
  const cut = one("[data-cut]");
  cut.hidden = !variant.cut;
  cut.textContent = variant.cut ? `Save ${variant.cut}%` : "";
}

function choose(moved) {
  const values = chosen();
  form.querySelectorAll("fieldset").forEach((set, at) => {
    set.querySelector("[data-chosen]").textContent = values[at] ?? "";
    for (const input of set.querySelectorAll("input")) {
      const others = values.with(at, input.value);
      const match = variants.find((variant) => variant.options.every((value, i) => value === others[i]));
      input.closest(".pill").classList.toggle("pill-out", !match?.ok);
    }
  });
  const variant = variants.find((v) => v.options.every((value, at) => value === values[at]));
  const stock = one("[data-stock]");
  if (!variant) {
    stock.className = "stock stock-out";
    stock.textContent = "Not made in this combination";
    button.disabled = true;
    button.textContent = "Not available";
    return;
  }
  writePrice(variant);
  stock.className = `stock ${variant.class}`;
  stock.textContent = variant.stock;
  button.disabled = !variant.ok;
  button.textContent = variant.ok ? "Add to cart" : "Sold out";
  const sku = one("[data-sku]");
  if (sku) sku.textContent = variant.sku;
  if (moved && variant.picture >= 0) show(variant.picture);
  const address = new URL(location);
  values.forEach((value, at) => address.searchParams.set(`o${at + 1}`, value));
  if (moved) history.replaceState(history.state, "", address);
}

form.addEventListener("change", (event) => {
  if (event.target.type !== "radio") return;
  if (variants.length) return choose(true);
  // Too many variants to carry along: the server shows the one that is chosen.
  const address = new URL(location);
  chosen().forEach((value, at) => address.searchParams.set(`o${at + 1}`, value));
  location.replace(address);
});
if (variants.length) choose(false);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.setAttribute("aria-busy", "true");
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { accept: "application/json" } });
    const said = await answer.json();
    if (typeof said.count === "number") badge(said.count);
    toast(said.text, answer.ok ? [document.querySelector("header a[href$='/cart']").getAttribute("href"), "View cart"] : undefined);
  } catch {
    // No answer that can be read: let the browser send the form and show what comes.
    form.submit();
  } finally {
    button.removeAttribute("aria-busy");
  }
});
