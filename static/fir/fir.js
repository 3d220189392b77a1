// Brings GOV.UK Frontend's components to life, also in pieces that htmx puts into the page, and says
// so when such a piece could not be had. Nothing here is needed to use a page.
import { initAll } from "../govuk-frontend/govuk-frontend.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

document.addEventListener("htmx:afterSettle", (event) => {
  initAll({ scope: event.target });
  event.target.querySelector("[data-focus]")?.focus();
});

function trouble(event) {
  const answer = event.detail.xhr?.responseText ?? "";
  const heading = new DOMParser().parseFromString(answer, "text/html").querySelector("h1");
  const said = heading?.textContent.trim() ?? "FIR could not be reached";
  document.getElementById("trouble").textContent =
    `${said}. Nothing on this page was changed. Reload the page before you try again.`;
  stopAsking(event.detail.elt);
}

function looksAgain(element) {
  return element?.getAttribute("hx-trigger")?.startsWith("every") ?? false;
}

// A piece that asks anew every second would only meet the same trouble again.
function stopAsking(element) {
  if (looksAgain(element)) {
    const quiet = element.cloneNode(true);
    quiet.removeAttribute("hx-get");
    quiet.removeAttribute("hx-trigger");
    element.replaceWith(quiet);
  }
}

document.addEventListener("htmx:responseError", trouble);
document.addEventListener("htmx:sendError", trouble);
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && looksAgain(event.detail.elt)) {
    event.preventDefault(); // nobody sees it; it asks anew once somebody does
    return;
  }
  document.getElementById("trouble").textContent = "";
});
