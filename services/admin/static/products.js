/** The list of products: a row is saved where it stands, as soon as it is left. */

import { all, one } from "./admin.js";

function row(form) {
  const line = document.querySelector(`[data-row="${form.id.slice(6)}"]`);
  const fields = [...form.elements].filter((field) => field.type !== "hidden" && field.type !== "submit");
  const button = fields.length ? one("button", line.lastElementChild) : undefined;
  const note = Object.assign(document.createElement("span"), { className: "row-said" });
  note.setAttribute("role", "status");
  button?.before(note);
  const seen = () => new URLSearchParams(new FormData(form)).toString();
  let before = seen();
  const dirty = () => seen() !== before;
  const tell = () => line.toggleAttribute("data-dirty", dirty());

  async function save(event) {
    event.preventDefault();
    if (!dirty()) return;
    note.textContent = "Saving…";
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" }, credentials: "same-origin" });
      const { saved, text, version } = await answer.json();
      note.textContent = text;
      note.classList.toggle("row-bad", !saved);
      if (!saved) return;
      if (version) form.elements.version.value = version;
      if (form.elements.stock_before) form.elements.stock_before.value = form.elements.stock.value;
      form.elements.key.value = `key_${crypto.randomUUID()}`;
      before = seen();
      tell();
    } catch {
      note.textContent = "Could not be saved. Try again.";
      note.classList.add("row-bad");
    }
  }

  form.addEventListener("submit", save);
  for (const field of fields) {
    field.addEventListener("input", tell);
    field.addEventListener("change", () => form.requestSubmit());
  }
}

document.documentElement.classList.add("rows-live");
for (const form of all("[data-quick]")) row(form);
