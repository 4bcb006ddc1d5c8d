/** A grid as in a spreadsheet: arrows and Enter move from cell to cell, and cells can be pasted from one. */

import { all, one } from "./admin.js";

function grid(form) {
  const rows = all("tbody tr", form).map((row) => all("td", row).map((cell) => one("select, input:not([type=hidden])", cell)));
  const place = (field) => {
    const at = rows.findIndex((row) => row.includes(field));
    return [at, at < 0 ? -1 : rows[at].indexOf(field)];
  };
  const go = (at, column, step) => {
    for (let next = at + step; rows[next]; next += step) {
      const field = rows[next][column];
      if (field) return field.focus(), field.select?.();
    }
  };
  form.addEventListener("keydown", (event) => {
    const [at, column] = place(event.target);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const list = event.target.tagName === "SELECT";
    if (event.key === "Enter" && !list) {
      event.preventDefault();
      go(at, column, event.shiftKey ? -1 : 1);
    } else if (!list && event.key === "ArrowDown") {
      event.preventDefault();
      go(at, column, 1);
    } else if (!list && event.key === "ArrowUp") {
      event.preventDefault();
      go(at, column, -1);
    }
  });
  form.addEventListener("paste", (event) => {
    const [at, column] = place(event.target);
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (at < 0 || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    text.replace(/\r/g, "").replace(/\n$/, "").split("\n").forEach((line, down) => {
      line.split("\t").forEach((value, right) => {
        const field = rows[at + down]?.[column + right];
        if (!field || field.readOnly) return;
        field.value = value.trim();
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
    });
  });
}

for (const form of all("[data-grid]")) grid(form);
