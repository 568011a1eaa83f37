// The console: lists the methods of the gateway's contract, and shows the one in the address.
import { createCallOptions } from "./call-options.js";
import { readContract } from "./contract.js";
import { element } from "./element.js";
import { createMethodView } from "./method-view.js";
import { createOverview } from "./overview.js";
import { createSidebar } from "./sidebar.js";

const view = document.querySelector("[data-view]");
const menu = document.querySelector("[data-menu]");

function setMenu(open) {
  document.body.classList.toggle("menu-open", open);
  menu.setAttribute("aria-expanded", String(open));
}

menu.addEventListener("click", () => setMenu(!document.body.classList.contains("menu-open")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !document.body.classList.contains("menu-open")) return;
  setMenu(false);
  menu.focus();
});
document.querySelector("[data-skip]").addEventListener("click", (event) => {
  event.preventDefault();
  view.focus();
});

/** Shows the method in the address, now and whenever it changes. A method keeps its input and response. */
function start(contract) {
  const mark = createSidebar(contract);
  const options = createCallOptions();
  const overview = createOverview(contract);
  const views = new Map();

  function show({ focus }) {
    const id = decodeURIComponent(location.hash.slice(1));
    const operation = contract.operations.get(id);
    if (operation !== undefined && !views.has(id))
      views.set(id, createMethodView(operation, options));
    view.replaceChildren(views.get(id)?.node ?? overview);
    views.get(id)?.mount();
    mark(id);
    setMenu(false);
    document.title =
      operation === undefined ? contract.info.title : `${operation.name} · ${contract.info.title}`;
    if (!focus) return;
    scrollTo(0, 0);
    view.focus({ preventScroll: true });
  }

  document.querySelector("[data-title]").textContent = contract.info.title;
  document.querySelector("[data-version]").textContent = contract.info.version;
  addEventListener("hashchange", () => show({ focus: true }));
  show({ focus: false });
}

readContract().then(start, (error) => {
  view.replaceChildren(
    element(
      "p",
      { class: "loading", role: "alert" },
      `The contract could not be read: ${error.message}`,
    ),
  );
});
