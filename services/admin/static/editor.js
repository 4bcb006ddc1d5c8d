/** Editors of products and collections: what is typed shows at once in the preview, options make their column, pictures can
 * be dropped and dragged into order, and only one way of choosing products is in sight. */

import { all, one } from "./admin.js";

const value = (name) => document.getElementById(`f-${name}`)?.value.trim() ?? "";

function preview() {
  const box = one("[data-preview]");
  if (!box) return;
  const title = one("[data-seo-title]", box);
  const shop = title.textContent.split(" · ").pop();
  const cut = (text, most) => (text.length > most ? `${text.slice(0, most).trimEnd()}…` : text);
  const plain = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.replace(/\s+/g, " ").trim();
  const show = () => {
    title.textContent = cut(`${value("seo.title") || value("title") || "Title"} · ${shop}`, 60);
    const words = value("seo.description") || plain(value("description_html"));
    one("[data-seo-description]", box).textContent = cut(words || "The beginning of the description.", 155);
  };
  for (const name of ["title", "description_html", "seo.title", "seo.description"]) {
    document.getElementById(`f-${name}`)?.addEventListener("input", show);
  }
}

/** The values of an option are asked for once it has a name; the last row begins another when it is used. */
function variants(form) {
  const body = one("[data-variants]", form);
  if (!body) return;
  const options = all("[data-option]", form);
  const show = () => {
    for (const field of all("[data-value]", body)) field.hidden = !options[Number(field.dataset.value)].value.trim();
  };
  for (const option of options) option.addEventListener("input", show);
  body.addEventListener("input", () => {
    const last = body.lastElementChild;
    if (!last?.hasAttribute("data-new") || !all("input:not([type=hidden]):not([type=checkbox])", last).some((field) => field.value)) return;
    const old = one("[name=variant]", last).value;
    const fresh = `new-${Number(old.split("-")[1]) + 1}`;
    const row = last.cloneNode(true);
    for (const field of all("[name]", row)) {
      if (field.name === "variant") field.value = fresh;
      else if (field.type !== "checkbox") field.value = "";
      field.name = field.name.replace(`${old}.`, `${fresh}.`);
      field.id = field.id.replace(`${old}.`, `${fresh}.`);
    }
    last.after(row);
  });
}

function drop(form) {
  const input = one("input[type=file]", form);
  one("[data-drop-hint]", form).hidden = false;
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("drop-here");
  });
  form.addEventListener("dragleave", () => form.classList.remove("drop-here"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("drop-here");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}

function pictures(form) {
  let held;
  const count = () => all("[data-place]", form).forEach((field, at) => (field.value = at + 1));
  for (const item of all("[data-picture]", form)) {
    item.draggable = true;
    item.addEventListener("dragstart", () => (held = item));
    item.addEventListener("dragover", (event) => {
      event.preventDefault();
      if (!held || held === item) return;
      const after = held.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING;
      if (after) item.after(held);
      else item.before(held);
      count();
    });
    item.addEventListener("drop", (event) => event.preventDefault());
  }
}

/** Products by hand or by rule: only what is chosen is in sight. */
function ways(box) {
  const show = () => {
    const way = one("input:checked", box)?.value;
    one("[data-by-hand]").hidden = way !== "hand";
    one("[data-by-rules]").hidden = way !== "rules";
  };
  box.addEventListener("change", show);
  show();
}

preview();
for (const form of all("[data-editor]")) variants(form);
for (const form of all("[data-drop]")) drop(form);
for (const form of all("[data-pictures]")) pictures(form);
for (const box of all("[data-by]")) ways(box);
