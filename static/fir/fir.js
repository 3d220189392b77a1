// Brings GOV.UK Frontend's components to life, also in pieces that htmx puts into the page.
import { initAll } from "../govuk-frontend/govuk-frontend.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
document.addEventListener("htmx:afterSettle", (event) => initAll({ scope: event.target }));
