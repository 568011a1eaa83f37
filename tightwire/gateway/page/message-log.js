import { element } from "./element.js";
import { createErrorView, isStatus } from "./error-view.js";
import { createJsonView, parse } from "./json-view.js";

/** The page keeps this many messages, and removes the oldest. */
const MAX_SHOWN = 500;
/** Messages up to this many characters are shown on one line. */
const MAX_LINE = 64;
const SIGNS = { sent: ["↑", "Sent"], received: ["↓", "Received"] };

/** Shows the messages of a stream as they arrive, each with its time. */
export function createMessageLog() {
  const list = element("ol", {
    class: "log",
    role: "log",
    "aria-label": "Messages",
    tabindex: "0",
  });
  let received = 0;

  return {
    node: list,
    get received() {
      return received;
    },
    /** Adds a message from its JSON. */
    add(direction, text) {
      const value = parse(text);
      if (direction === "received") received += 1;
      const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 40;
      list.append(entry(direction, text, value));
      if (list.childElementCount > MAX_SHOWN) list.firstElementChild.remove();
      if (atEnd) list.scrollTop = list.scrollHeight;
    },
    /** Adds the status of a stream that failed. */
    fail(status) {
      list.append(
        element(
          "li",
          { class: "failed" },
          clock(),
          isStatus(status) ? createErrorView(status) : createJsonView(JSON.stringify(status)),
        ),
      );
      list.scrollTop = list.scrollHeight;
    },
  };
}

function entry(direction, text, value) {
  const [sign, label] = SIGNS[direction];
  const short = value === undefined ? text : JSON.stringify(value);
  const body =
    short.length <= MAX_LINE ? element("code", { class: "short" }, short) : createJsonView(text);
  return element(
    "li",
    { class: direction },
    clock(),
    element("span", { class: "sign", role: "img", "aria-label": label }, sign),
    body,
  );
}

function clock() {
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  const text = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}.${String(now.getMilliseconds()).padStart(3, "0")}`;
  return element("time", { datetime: now.toISOString() }, text);
}
