// Passkeys: to sign in with one, and to add one to the account. A form asks the shop for a question, the browser's
// answer goes into its hidden fields, and then it is sent like any other.

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** The options as the browser takes them: bytes where JSON has text. */
function options(from) {
  const known = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
  return {
    ...from,
    challenge: bytes(from.challenge),
    user: from.user && { ...from.user, id: bytes(from.user.id) },
    allowCredentials: known(from.allowCredentials),
    excludeCredentials: known(from.excludeCredentials),
  };
}

/** The browser's answer as JSON. */
function answered(credential) {
  const response = {};
  for (const name of [
    "clientDataJSON",
    "attestationObject",
    "authenticatorData",
    "signature",
    "userHandle",
  ]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  const { id, type } = credential;
  return JSON.stringify({ id, rawId: text(credential.rawId), type, response, extensions: {} });
}

async function question(form, address) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams(new FormData(form)),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error ?? "That did not work. Please try again.");
  return said;
}

function say(form, words) {
  const place = form.querySelector("[data-passkey-error]");
  place.textContent = words;
  place.hidden = !words;
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  const kind = form.dataset.passkey;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter ?? form.querySelector("button");
    say(form, "");
    button.disabled = true;
    try {
      const asked = await question(form, button.formAction);
      const credential = await navigator.credentials[kind]({ publicKey: options(asked.options) });
      form.elements.question.value = asked.question;
      form.elements.credential.value = answered(credential);
      if (form.elements.password) form.elements.password.value = "";
      form.submit();
    } catch (error) {
      // Whoever closes the browser's window is told nothing; it was them.
      const refused = error.name === "NotAllowedError";
      const there = error.name === "InvalidStateError";
      say(form, refused ? "" : there ? "This device has a passkey of yours already." : error.message);
      button.disabled = false;
    }
  });
}
