import { element, freshId } from "./element.js";
import { createErrorView, isStatus } from "./error-view.js";
import { createJsonView, parse } from "./json-view.js";
import { createMessageLog } from "./message-log.js";

/** Shows the response of a call: its status, its duration and its content. Before the first call it shows an example. */
export function createResponseView({ response }) {
  const id = freshId("response");
  const outcome = element("div", { class: "outcome", role: "status" });
  const count = element("span", { class: "count", "data-count": true });
  const body = element("div", { class: "response-body" }, ...example(response));
  const node = element(
    "section",
    { class: "response", "aria-labelledby": id },
    element("header", {}, element("h2", { id }, "Response"), outcome, count),
    body,
  );
  let log;
  let began = 0;

  function tell(text, tone, extra = []) {
    outcome.replaceChildren(
      element("span", { class: `status ${tone}`, "data-status": true }, text),
      ...extra,
    );
  }

  function duration() {
    return element(
      "span",
      { class: "time", "data-time": true },
      milliseconds(performance.now() - began),
    );
  }

  return {
    node,
    /** A call starts. */
    begin() {
      began = performance.now();
      log = undefined;
      count.textContent = "";
      tell("Waiting", "calm");
      body.replaceChildren();
      node.setAttribute("aria-busy", "true");
    },
    /** A stream of messages starts. */
    open(text) {
      tell(text, "good");
      log = createMessageLog();
      body.append(log.node);
    },
    message(direction, text) {
      log.add(direction, text);
      count.textContent = log.received === 1 ? "1 message" : `${log.received} messages`;
    },
    failed: (status) => log.fail(status),
    headers: (pairs) => void body.append(headerTable(pairs)),
    /** Shows a whole response. */
    whole(text) {
      const value = parse(text);
      const parts = isStatus(value) ? [createErrorView(value)] : [];
      body.prepend(...parts, copyable(text));
    },
    /** Shows a hint when there is no response. */
    note: (text) => void body.append(element("p", { class: "hint" }, text)),
    /** The call finished. */
    end(text, tone) {
      node.removeAttribute("aria-busy");
      tell(text, tone, [duration()]);
    },
  };
}

function example(response) {
  if (response?.example === undefined)
    return [element("p", { class: "hint" }, "Nothing was sent yet.")];
  return [
    element("p", { class: "hint" }, "Nothing was sent yet. A response looks like this:"),
    element("div", { class: "example" }, createJsonView(JSON.stringify(response.example))),
  ];
}

function copyable(text) {
  if (text === "") return element("p", { class: "hint" }, "The response is empty.");
  return element(
    "div",
    { class: "copyable" },
    createJsonView(text),
    createCopyButton(() => text),
  );
}

/** A button that copies a text; undefined when the browser does not let pages copy. */
export function createCopyButton(text) {
  if (navigator.clipboard === undefined) return undefined;
  const button = element("button", { type: "button", class: "quiet copy", click: copy }, "Copy");

  async function copy() {
    const done = await navigator.clipboard.writeText(text()).then(
      () => "Copied",
      () => "Not allowed",
    );
    button.textContent = done;
    setTimeout(() => {
      button.textContent = "Copy";
    }, 1_500);
  }

  return button;
}

function headerTable(pairs) {
  return element(
    "details",
    { class: "headers" },
    element("summary", {}, `Headers (${pairs.length})`),
    element(
      "dl",
      {},
      ...pairs.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
    ),
  );
}

function milliseconds(ms) {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
