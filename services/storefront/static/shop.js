// On every page: the cart's badge, the short message at the bottom, quantity buttons, the search box's
// suggestions, and the picture that travels from a list to its product. All of it is an addition: the pages
// work without.

const one = (selector, within = document) => within.querySelector(selector);

/** Shows how many pieces the cart holds. */
export function badge(count) {
  const bubble = one("[data-badge]");
  if (!bubble) return;
  const number = one("[data-count]", bubble);
  const changed = number.textContent !== String(count);
  number.textContent = count;
  number.nextElementSibling.textContent = count === 1 ? " item" : " items";
  bubble.hidden = count === 0;
  if (!changed) return;
  bubble.classList.remove("bump");
  requestAnimationFrame(() => bubble.classList.add("bump"));
}

/** The count as the last answer left it in the cookie: a page from a cache may be older than the cart. */
function badgeFromCookie() {
  const found = document.cookie.match(/(?:^|; )emart_badge=(\d+)/);
  badge(found ? Number(found[1]) : 0);
}

let toastTimer;
/** Says something for a few seconds; `link` is [address, words]. */
export function toast(text, link) {
  const box = one("[data-toast]");
  box.replaceChildren(Object.assign(document.createElement("span"), { textContent: text }));
  if (link) {
    box.append(Object.assign(document.createElement("a"), { href: link[0], textContent: link[1] }));
  }
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => box.replaceChildren(), 7000);
}

/** Fetches a page of this shop and returns it as a document with the address it came from. */
export async function page(address, options) {
  const answer = await fetch(address, { credentials: "same-origin", ...options });
  const text = await answer.text();
  return { address: answer.url, ok: answer.ok, document: new DOMParser().parseFromString(text, "text/html") };
}

/** Adds the two buttons beside a quantity. */
export function steppers(within = document) {
  for (const box of within.querySelectorAll("[data-qty]:not([data-ready])")) {
    box.dataset.ready = "";
    const input = one("input", box);
    const name = one("label", box).textContent.trim();
    const button = (path, words, step) => {
      const made = document.createElement("button");
      made.type = "button";
      made.setAttribute("aria-label", `${words}: ${name}`);
      made.innerHTML = `<svg class="icon icon-s" viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
      made.addEventListener("click", () => {
        const before = input.value;
        if (step > 0) input.stepUp();
        else input.stepDown();
        if (input.value !== before) input.dispatchEvent(new Event("change", { bubbles: true }));
      });
      return made;
    };
    input.before(button("M5 12h14", "One less", -1));
    input.after(button("M12 5v14M5 12h14", "One more", 1));
  }
}

/** The search box as a combobox: its list comes from the server as HTML. */
function suggestions(form) {
  const input = one("input[type=search]", form);
  let list, timer, pending, active = -1;
  const options = () => (list ? [...list.querySelectorAll("[role=option]")] : []);
  const close = () => {
    list?.remove();
    list = undefined;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    active = index;
    options().forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const chosen = options()[index];
    if (!chosen) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  };
  const ask = async () => {
    const text = input.value.trim();
    pending?.abort();
    if (text.length < 2) return close();
    pending = new AbortController();
    try {
      const address = `${form.getAttribute("action")}/suggest?q=${encodeURIComponent(text)}`;
      const answer = await fetch(address, { signal: pending.signal });
      const html = answer.ok ? await answer.text() : "";
      close();
      if (!html.trim() || document.activeElement !== input) return;
      form.insertAdjacentHTML("beforeend", html);
      list = form.lastElementChild;
      input.setAttribute("aria-expanded", "true");
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", "suggest");
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 90);
  });
  input.addEventListener("keydown", (event) => {
    const count = options().length;
    if (event.key === "Escape" && list) {
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!count) return;
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(active < 0 ? (step > 0 ? 0 : count - 1) : (active + step + count) % count);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      options()[active].click();
    }
  });
  form.addEventListener("mousedown", (event) => {
    // Keeps the focus in the box, so that the list is still there when the click arrives.
    if (event.target.closest("[role=option]")) event.preventDefault();
  });
  form.addEventListener("click", (event) => {
    const chosen = event.target.closest("[role=option]");
    if (chosen) location.assign(chosen.dataset.href);
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
}

/** The picture of the product that was clicked becomes the picture of its page. */
function travellingPicture() {
  addEventListener("pageswap", (event) => {
    const to = event.activation?.entry?.url;
    if (!event.viewTransition || !to) return;
    const { pathname } = new URL(to);
    const link = [...document.querySelectorAll(".good h3 a")].find((a) => a.pathname === pathname);
    const picture = link && one("img", link.closest(".good"));
    if (picture) picture.style.viewTransitionName = "product-picture";
  });
  addEventListener("pagereveal", (event) => {
    const picture = one(".shot img");
    if (!event.viewTransition || !picture) return;
    picture.style.viewTransitionName = "product-picture";
    event.viewTransition.finished.finally(() => (picture.style.viewTransitionName = ""));
  });
}

badgeFromCookie();
addEventListener("pageshow", badgeFromCookie);
document.addEventListener("prerenderingchange", badgeFromCookie);
steppers();
for (const form of document.querySelectorAll("[data-find]")) suggestions(form);
travellingPicture();
