// Narrows a list of operations to those that hold every word typed. Without scripts the lists are simply whole.
const form = document.querySelector('[data-find]');
const field = form.querySelector('input');
const found = form.querySelector('[data-found]');
const entries = [...document.querySelectorAll('[data-entry]')];
const texts = entries.map((entry) => entry.textContent.toLowerCase());
const groups = [...document.querySelectorAll('[data-group]')];

function narrow() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  entries.forEach((entry, at) => {
    entry.hidden = !words.every((word) => texts[at].includes(word));
  });
  for (const group of groups) group.hidden = !group.querySelector('[data-entry]:not([hidden])');
  const shown = entries.filter((entry) => entry.matches('li') && !entry.hidden).length;
  found.textContent = words.length ? `${shown} found` : '';
}

form.hidden = false;
form.addEventListener('submit', (event) => event.preventDefault());
field.addEventListener('input', narrow);
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && !event.target.matches('input')) {
    event.preventDefault();
    field.focus();
  }
});
