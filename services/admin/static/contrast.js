/** Says while a colour is typed how well it can be read on the shop's pages. The service decides when it is saved. */

import { one } from "./admin.js";

const light = (colour) => {
  const channels = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  const [r, g, b] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

const contrast = (a, b) => {
  const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
};

const told = one("[data-contrast]");
const fields = [
  [one("#f-accent"), "#fbf9f4", "light"],
  [one("#f-accent_dark"), "#111412", "dark"],
];

function tell() {
  const words = fields.map(([field, paper, name]) => {
    const colour = field.value.trim();
    if (!/^#[0-9a-f]{6}$/i.test(colour)) return "";
    const found = contrast(colour, paper);
    const good = found >= 4.5 ? "easy to read" : "too faint: 4.5 to 1 is needed";
    return `On ${name} pages the contrast is ${found.toFixed(2)} to 1, ${good}.`;
  });
  told.textContent = words.filter(Boolean).join(" ");
}

for (const [field] of fields) field.addEventListener("input", tell);
tell();
