import { compact, createCallForm } from "./call-form.js";
import { element } from "./element.js";
import { createFieldTree } from "./field-tree.js";
import { callByHttp } from "./http-call.js";
import { prose } from "./prose.js";
import { createResponseView } from "./response-view.js";
import { callBySocket } from "./socket-call.js";

/** Shows a method: its description, a form to call it, and the response. */
export function createMethodView(operation, options) {
  const response = createResponseView(operation);
  const call =
    operation.kind === "bidi_streaming" ? createSocketCall(response) : createHttpCall(response);
  const form = createCallForm(operation, options, call);
  const node = element(
    "article",
    { class: "method" },
    element("div", { class: "request" }, ...heading(operation), form.node, ...messages(operation)),
    response.node,
  );
  return { node, mount: form.mount };
}

function heading({ service, name, label, verb, path, description, deprecated, kind }) {
  return [
    element("p", { class: "crumb" }, service),
    element(
      "h1",
      {},
      name,
      element("span", { class: "kind" }, label),
      deprecated ? element("span", { class: "kind warn" }, "deprecated") : undefined,
    ),
    element(
      "p",
      { class: "route" },
      element("span", { class: `verb ${verb.toLowerCase()}` }, verb),
      element("code", {}, path),
    ),
    element("div", { class: "prose" }, ...prose(description)),
    kind === "bidi_streaming"
      ? element(
          "p",
          { class: "hint" },
          "This method is called over a WebSocket. Browsers send no headers with it: the call options apply to curl only.",
        )
      : "",
  ];
}

function messages({ body, response, resolve }) {
  return [
    body?.schema === undefined ? undefined : tree("Fields of the request", body.schema, resolve),
    response?.schema === undefined
      ? undefined
      : tree("Fields of the response", response.schema, resolve),
  ];
}

function tree(title, schema, resolve) {
  return element(
    "details",
    { class: "message" },
    element("summary", {}, title),
    createFieldTree(schema, resolve),
  );
}

function createHttpCall(response) {
  let running;
  let finished = Promise.resolve();
  const send = element("button", { type: "submit", class: "primary" }, "Send");
  const stop = element(
    "button",
    { type: "button", class: "plain", disabled: true, click: () => running?.abort() },
    "Stop",
  );

  async function submit(request) {
    running?.abort();
    const own = new AbortController();
    running = own;
    await finished; // the previous call still updates the view
    if (running !== own) return;
    stop.disabled = false;
    reveal(response.node);
    finished = callByHttp(request, response, own.signal);
    await finished;
    if (running === own) stop.disabled = true;
  }

  return { actions: [send, stop], submit };
}

function createSocketCall(response) {
  let call;
  let ended = false;
  const send = element("button", { type: "submit", class: "primary" }, "Open");
  const end = element(
    "button",
    { type: "button", class: "plain", disabled: true, click: onEnd },
    "End requests",
  );
  const stop = element(
    "button",
    { type: "button", class: "plain", disabled: true, click: () => call?.stop() },
    "Stop",
  );

  function onEnd() {
    ended = true;
    call.end();
    end.disabled = true;
    send.disabled = true;
  }

  function changed(state) {
    const open = state === "open";
    if (!open) call = undefined;
    ended = false;
    send.textContent = open ? "Send message" : "Open";
    send.disabled = false;
    end.disabled = !open;
    stop.disabled = !open;
  }

  function submit(request) {
    if (call !== undefined) {
      if (!ended) call.send(compact(request.body ?? "{}"));
      return;
    }
    send.disabled = true;
    reveal(response.node);
    call = callBySocket(request, response, changed);
  }

  return { actions: [send, end, stop], submit };
}

/** Scrolls to the response when it is below the visible part of the page. */
function reveal(node) {
  if (node.getBoundingClientRect().top > innerHeight - 120) node.scrollIntoView({ block: "start" });
}
