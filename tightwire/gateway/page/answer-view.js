import { element, freshId } from "./element.js";
import { createErrorView, isStatus } from "./error-view.js";
import { createJsonView, parse } from "./json-view.js";
import { createMessageLog } from "./message-log.js";

/** Where the answer of a call is shown: how it went, in what time, and what came. Before the first call it shows what an answer looks like. */
export function createAnswerView({ answer }) {
  const id = freshId("answer");
  const outcome = element("div", { class: "outcome", role: "status" });
  const count = element("span", { class: "count", "data-count": true });
  const body = element("div", { class: "answer-body" }, ...example(answer));
  const node = element(
    "section",
    { class: "answer", "aria-labelledby": id },
    element("header", {}, element("h2", { id }, "Answer"), outcome, count),
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

  function took() {
    return element(
      "span",
      { class: "time", "data-time": true },
      milliseconds(performance.now() - began),
    );
  }

  return {
    node,
    /** A call has begun. */
    begin() {
      began = performance.now();
      log = undefined;
      count.textContent = "";
      tell("Waiting", "calm");
      body.replaceChildren();
      node.setAttribute("aria-busy", "true");
    },
    /** It goes on: what is known so far. */
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
    /** All that came, when it came whole. */
    whole(text) {
      const value = parse(text);
      const parts = isStatus(value) ? [createErrorView(value)] : [];
      body.prepend(...parts, copyable(text));
    },
    /** Something to say where nothing came. */
    note: (text) => void body.append(element("p", { class: "hint" }, text)),
    /** It is over. */
    end(text, tone) {
      node.removeAttribute("aria-busy");
      tell(text, tone, [took()]);
    },
  };
}

function example(answer) {
  if (answer?.example === undefined)
    return [element("p", { class: "hint" }, "Nothing was sent yet.")];
  return [
    element("p", { class: "hint" }, "Nothing was sent yet. An answer looks like this:"),
    element("div", { class: "example" }, createJsonView(JSON.stringify(answer.example))),
  ];
}

function copyable(text) {
  if (text === "") return element("p", { class: "hint" }, "The answer is empty.");
  return element(
    "div",
    { class: "copyable" },
    createJsonView(text),
    createCopyButton(() => text),
  );
}

/** Copies a text; not there where a browser does not let pages copy. */
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
