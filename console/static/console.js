// Keeps a page as it stands: hears that something changed, fetches the page anew, and changes only what is not in use.

const main = document.querySelector("main");
const answers = { a: "approved", r: "rejected", c: "changes_requested" };

let news = null;

if (main.dataset.live) {
  listen();
  document.addEventListener("visibilitychange", listen);
  window.addEventListener("pagehide", () => news?.close());
}
document.addEventListener("keydown", goTo);
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
document.querySelectorAll(".keys").forEach((hint) => { hint.hidden = false; });
document.querySelectorAll("form[data-decide]").forEach((form) => form.addEventListener("submit", once));

// Only while somebody looks: browsers keep but a few connections to one host, for all of its pages together.
function listen() {
  if (document.hidden) {
    news?.close();
    news = null;
  } else if (!news) {
    const { live, mark } = main.dataset;
    news = new EventSource(`/console/live?of=${encodeURIComponent(live)}&seen=${encodeURIComponent(mark)}`);
    news.addEventListener("changed", refresh);
  }
}

async function refresh() {
  const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) {
    return say("Please sign in again: this page is not kept up to date any more.");
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const kept = [...document.querySelectorAll("[data-fresh]")].filter((part) => !renew(part, page));
  document.title = page.title;
  main.dataset.mark = page.querySelector("main").dataset.mark ?? "";
  say(kept.length ? "This changed while you were writing. When you answer, you see how it stands." : "");
}

// Whether it is as new as the page: not if somebody is writing in it.
function renew(part, page) {
  const fresh = page.getElementById(part.id);
  if (!fresh || fresh.isEqualNode(part)) {
    return true;
  }
  const typed = [...part.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue);
  if (typed || part.querySelector("form :focus")) {
    return withoutKeys(part).isEqualNode(withoutKeys(fresh));
  }
  const open = [...part.querySelectorAll("details")].map((details) => details.open);
  const at = [...part.querySelectorAll("a, summary")].indexOf(document.activeElement);
  part.replaceChildren(...fresh.childNodes);
  [...part.querySelectorAll("details")].forEach((details, i) => { details.open = open[i] ?? false; });
  if (at >= 0) {
    [...part.querySelectorAll("a, summary")][at]?.focus();
  }
  part.querySelectorAll(".keys").forEach((hint) => { hint.hidden = false; });
  part.querySelectorAll("form[data-decide]").forEach((form) => form.addEventListener("submit", once));
  part.classList.remove("fresh-mark");
  requestAnimationFrame(() => part.classList.add("fresh-mark"));
  return true;
}

// Every page has a form key of its own: that is no change.
function withoutKeys(part) {
  const copy = part.cloneNode(true);
  copy.querySelectorAll("input[name=key]").forEach((key) => key.remove());
  copy.querySelectorAll(".keys").forEach((hint) => { hint.hidden = true; });
  return copy;
}

function say(words) {
  let notice = document.querySelector(".notice");
  if (!notice) {
    notice = document.createElement("p");
    notice.className = "notice";
    notice.setAttribute("role", "status");
    main.append(notice);
  }
  notice.textContent = words;
}

// A letter goes to a place, it decides nothing: that takes Enter.
function goTo(event) {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const place = event.key === "n" ? document.querySelector("#note")
    : event.key === "/" ? document.querySelector("#find")
    : document.querySelector(`button[name=choice][value="${answers[event.key] ?? ""}"]`);
  if (place) {
    event.preventDefault();
    place.focus();
  }
}

// The door gives a second click the first one's answer; this only spares it.
function once(event) {
  if (event.target.dataset.sent) {
    event.preventDefault();
  }
  event.target.dataset.sent = "yes";
}
