/** What every page of the back office has where scripts run. Without it all of it works too, in more steps. */

export const one = (selector, within = document) => within.querySelector(selector);
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/** Fetches a page of the back office as a document; `undefined` when it is none. */
export async function page(address, options) {
  const answer = await fetch(address, { credentials: "same-origin", ...options });
  if (!answer.ok || answer.redirected) return undefined;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Filters take effect when they are changed. */
function filters(form) {
  one("button", form)?.setAttribute("hidden", "");
  for (const input of all("select, input[type=date]", form)) {
    input.addEventListener("change", () => form.requestSubmit());
  }
  // Parts of the address that say nothing are left out.
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
  });
}

/** Rows can be chosen all at once; the bar says how many are. */
function bulk(form) {
  const boxes = all("tbody .pick input", form);
  const every = one("[data-all]", form);
  const count = one("[data-count]", form);
  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    count.textContent = `${chosen} chosen`;
    every.checked = chosen > 0 && chosen === boxes.length;
    every.indeterminate = chosen > 0 && chosen < boxes.length;
  };
  every.hidden = false;
  every.previousElementSibling?.remove();
  every.addEventListener("change", () => {
    for (const box of boxes) box.checked = every.checked;
    tell();
  });
  form.addEventListener("change", tell);
  tell();
}

/** What was typed is not lost by going away unawares. */
function guard(form) {
  const before = new URLSearchParams(new FormData(form)).toString();
  const end = one(".form-end", form);
  const words = Object.assign(document.createElement("span"), { className: "unsaved", textContent: "Not saved yet" });
  let leaving = false;
  const dirty = () => new URLSearchParams(new FormData(form)).toString() !== before;
  form.addEventListener("input", () => {
    const is = dirty();
    form.toggleAttribute("data-dirty", is);
    if (is) end?.prepend(words);
    else words.remove();
  });
  form.addEventListener("submit", () => (leaving = true));
  addEventListener("beforeunload", (event) => {
    if (!leaving && dirty()) event.preventDefault();
  });
  addEventListener("pageshow", () => (leaving = false));
}

/** A form is sent once, however often its button is pressed. */
function once(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
}

for (const form of all("[data-filters]")) filters(form);
for (const form of all("[data-bulk]")) bulk(form);
for (const form of all("[data-guard]")) guard(form);
document.addEventListener("submit", once);
one("#problems")?.focus();
const key = one(".find-key");
if (key && /Mac|iP/.test(navigator.platform)) key.textContent = "⌘ K";

/** Search opens over the page; what it takes for that is fetched the first time. */
const opener = one("[data-palette]");
async function palette(event) {
  event.preventDefault();
  (await import(opener.dataset.palette)).show();
}
if (opener?.dataset.palette) {
  opener.addEventListener("click", (event) => {
    if (!event.ctrlKey && !event.metaKey) palette(event).catch(() => location.assign(opener.href));
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      palette(event).catch(() => location.assign(opener.href));
    }
  });
}
