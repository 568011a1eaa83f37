import { createAnswerView } from "./answer-view.js";
import { compact, createCallForm } from "./call-form.js";
import { element } from "./element.js";
import { createFieldTree } from "./field-tree.js";
import { callByHttp } from "./http-call.js";
import { prose } from "./prose.js";
import { callBySocket } from "./socket-call.js";

/** A method: what it does, a form to call it, and the answer. */
export function createMethodView(operation, options) {
  const answer = createAnswerView(operation);
  const call =
    operation.kind === "bidi_streaming" ? createSocketCall(answer) : createHttpCall(answer);
  const form = createCallForm(operation, options, call);
  const node = element(
    "article",
    { class: "method" },
    element("div", { class: "request" }, ...heading(operation), form.node, ...messages(operation)),
    answer.node,
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
          "Called over a WebSocket, with which browsers send no headers: the call options count for curl alone.",
        )
      : "",
  ];
}

function messages({ body, answer, resolve }) {
  return [
    body?.schema === undefined ? undefined : tree("Fields of the request", body.schema, resolve),
    answer?.schema === undefined ? undefined : tree("Fields of the answer", answer.schema, resolve),
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

function createHttpCall(answer) {
  let running;
  let over = Promise.resolve();
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
    await over; // the call before has said its last
    if (running !== own) return;
    stop.disabled = false;
    reveal(answer.node);
    over = callByHttp(request, answer, own.signal);
    await over;
    if (running === own) stop.disabled = true;
  }

  return { actions: [send, stop], submit };
}

function createSocketCall(answer) {
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
    reveal(answer.node);
    call = callBySocket(request, answer, changed);
  }

  return { actions: [send, end, stop], submit };
}

/** Where the answer stands below the form it would come unseen. */
function reveal(node) {
  if (node.getBoundingClientRect().top > innerHeight - 120) node.scrollIntoView({ block: "start" });
}
