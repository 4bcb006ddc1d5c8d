/** The command palette: Ctrl-K on any page. Its list comes from the server as HTML. */

import { one, all } from "./admin.js";

let box, input, list, count, pending, timer, active = -1;

const options = () => all("[role=option]", list);

function mark(index) {
  active = index;
  options().forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
  const chosen = options()[index];
  if (!chosen) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", chosen.id);
  chosen.scrollIntoView({ block: "nearest" });
}

async function ask() {
  pending?.abort();
  pending = new AbortController();
  try {
    const query = encodeURIComponent(input.value.trim());
    const answer = await fetch(`/admin/search/hits?q=${query}`, { signal: pending.signal });
    if (!answer.ok || answer.redirected) return location.reload();
    // The server's own page: what people typed is escaped in it.
    list.innerHTML = await answer.text();
    const found = options().length;
    count.textContent = found === 0 ? "Nothing is like that" : found === 1 ? "1 hit" : `${found} hits`;
    list.hidden = found === 0;
    box.toggleAttribute("data-none", found === 0);
    mark(found ? 0 : -1);
  } catch (error) {
    if (error.name !== "AbortError") count.textContent = "The shop does not answer";
  }
}

function go(option, elsewhere) {
  if (!option) return;
  if (elsewhere) return void open(option.dataset.href, "_blank", "noopener");
  box.close();
  location.assign(option.dataset.href);
}

function keys(event) {
  const last = options().length - 1;
  const to = {
    ArrowDown: () => mark(active >= last ? 0 : active + 1),
    ArrowUp: () => mark(active <= 0 ? last : active - 1),
    PageDown: () => mark(Math.min(active + 8, last)),
    PageUp: () => mark(Math.max(active - 8, 0)),
    Enter: () => go(options()[active], event.ctrlKey || event.metaKey),
  }[event.key];
  if (!to || event.isComposing) return;
  event.preventDefault();
  if (last >= 0) to();
}

function make() {
  box = document.createElement("dialog");
  box.className = "palette";
  box.setAttribute("aria-label", "Search or jump to");
  box.innerHTML = `<div class="palette-box"><input class="palette-input" type="text" role="combobox" aria-expanded="true"
    aria-controls="palette-list" aria-autocomplete="list" aria-label="Search or jump to" placeholder="Search or jump to…"
    autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="100" enterkeyhint="go">
    <div class="palette-list" id="palette-list" role="listbox" aria-label="Hits"></div>
    <p class="palette-foot"><span role="status" data-hits></span><span class="palette-keys" aria-hidden="true"><kbd>↑</kbd><kbd>↓</kbd> choose <kbd>↵</kbd> open <kbd>esc</kbd> close</span></p></div>`;
  document.body.append(box);
  [input, list, count] = [one("input", box), one("[role=listbox]", box), one("[data-hits]", box)];
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 80);
  });
  input.addEventListener("keydown", keys);
  list.addEventListener("click", (event) => go(event.target.closest("[role=option]"), event.ctrlKey || event.metaKey));
  list.addEventListener("pointermove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) mark(options().indexOf(option));
  });
  box.addEventListener("click", (event) => event.target === box && box.close());
}

export function show() {
  if (!box) make();
  if (box.open) return;
  input.value = "";
  list.replaceChildren();
  box.showModal();
  ask();
}
