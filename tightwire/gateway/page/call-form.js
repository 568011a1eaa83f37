import { createBodyField } from "./body-field.js";
import { element } from "./element.js";
import { createParameterField } from "./parameter-field.js";
import { createRequest, curlOf } from "./request.js";
import { createCopyButton } from "./response-view.js";

const GROUPS = [
  ["path", "Path"],
  ["query", "Query"],
];

/** The form of a method: its parameters, its body, and the equivalent curl command. `actions` are its buttons; `submit` gets the request. */
export function createCallForm(operation, options, { actions, submit }) {
  const fields = operation.parameters.map((parameter) =>
    createParameterField(parameter, operation.resolve),
  );
  const socket = operation.kind === "bidi_streaming";
  const lines = operation.kind === "client_streaming";
  const body =
    operation.body &&
    createBodyField(operation.body, {
      lines,
      label: socket ? "Message" : lines ? "Messages, one per line" : "Body",
    });
  const command = element("code", {});
  const slot = element("div");
  const form = element(
    "form",
    {
      submit: onSubmit,
      input: showCommand,
      keydown: onKey,
      "aria-label": `Request of ${operation.name}`,
    },
    ...GROUPS.map(([place, title]) => group(title, fields, place)),
    body?.node,
    slot,
    element(
      "div",
      { class: "actions" },
      ...actions,
      element("span", { class: "keys", "aria-hidden": "true" }, "Ctrl ↵"),
    ),
    element(
      "details",
      { class: "command", toggle: showCommand },
      element("summary", {}, "curl"),
      element(
        "div",
        { class: "copyable" },
        element("pre", { tabindex: "0" }, command),
        createCopyButton(() => command.textContent),
      ),
    ),
  );

  function request() {
    return createRequest(operation, { fields, options, body: body?.value() });
  }

  function showCommand() {
    const one = request();
    const oneLine = socket && one.body?.trim() ? { ...one, body: compact(one.body) } : one;
    command.textContent = curlOf(oneLine, operation.kind !== "unary");
  }

  function onSubmit(event) {
    event.preventDefault();
    if (body?.check() === false) return body.focus();
    submit(request());
  }

  function onKey(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  }

  return {
    node: form,
    /** Shows the options that all methods share. */
    mount() {
      slot.replaceChildren(options.node);
      showCommand();
    },
  };
}

function group(title, fields, place) {
  const inside = fields.filter((field) => field.in === place);
  if (inside.length === 0) return undefined;
  const nodes = inside.map(({ node }) => node);
  return element(
    "section",
    { class: "group" },
    element("h2", {}, title),
    element("div", { class: "fields" }, ...nodes),
  );
}

/** Puts JSON on one line; leaves other text unchanged. */
export function compact(text) {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}
