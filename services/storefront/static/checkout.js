// Checkout: another country or shipping method shows its price at once; the card number is grouped while it is
// typed; the order button works once. Card details never leave the form except with the order itself.

import { page } from "./shop.js";

const form = document.querySelector("[data-checkout]");
let latest = 0;

async function requote() {
  const turn = ++latest;
  const fields = new FormData(form);
  for (const name of [...fields.keys()]) {
    if (name.startsWith("card_") || name.startsWith("password")) fields.delete(name);
  }
  fields.set("action", "update");
  const answer = await page(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(fields) }).catch(() => null);
  if (!answer || turn !== latest) return;
  // Whether a card has to pay at all may be another thing now.
  const asks = (page) => Boolean(page.querySelector("#card_number"));
  if (asks(document) !== asks(answer.document)) {
    document.querySelector("[data-payment]").replaceWith(answer.document.querySelector("[data-payment]"));
  }
  for (const part of ["[data-region]", "[data-methods]", "[data-summary]"]) {
    const fresh = answer.document.querySelector(part);
    const focused = document.activeElement;
    const again = focused?.closest(part) && focused.value;
    if (fresh) document.querySelector(part).replaceWith(fresh);
    if (again) fresh?.querySelector(`input[value="${CSS.escape(again)}"]`)?.focus();
  }
}

form.addEventListener("change", (event) => {
  if (event.target.closest("[data-requote]") || event.target.name === "saved_address") requote();
  if (event.target.name === "saved_address") savedAddress();
});

function savedAddress() {
  const saved = form.querySelector("[name=saved_address]:checked");
  const own = form.querySelector("[data-address]");
  own.hidden = Boolean(saved?.value);
}
savedAddress();

const number = form.querySelector("#card_number");
number?.addEventListener("input", () => {
  const digits = number.value.replace(/\D/g, "").slice(0, 19);
  // Only while typing at the end: grouping must not move a cursor that is in the middle.
  if (number.selectionStart === number.value.length) number.value = digits.replace(/(.{4})(?=.)/g, "$1 ");
});
const expiry = form.querySelector("#card_expiry");
expiry?.addEventListener("input", (event) => {
  if (event.inputType?.startsWith("delete")) return;
  const digits = expiry.value.replace(/\D/g, "").slice(0, 4);
  if (digits.length >= 3 || (digits.length === 2 && !expiry.value.includes("/"))) {
    expiry.value = `${digits.slice(0, 2)}/${digits.slice(2)}`;
  }
});

form.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || button.value !== "place") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  button.setAttribute("aria-busy", "true");
  button.textContent = "Placing your order…";
});
// Back from the next page: the form may be sent again.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
