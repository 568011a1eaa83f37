import { showFrame } from "./http-call.js";

/** Beginning of the close codes of calls that failed; the number of the status is added. */
const FAILED = 4_000;

/** Opens a call over a WebSocket and shows what goes and comes. `changed` is told when it opens and when it is over. */
export function callBySocket({ url }, view, changed) {
  const address = new URL(url);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  let opened = false;
  let stopped = false;
  let failed = false;
  view.begin();
  const socket = new WebSocket(address);

  socket.addEventListener("open", () => {
    opened = true;
    view.open("Open");
    changed("open");
  });
  socket.addEventListener("message", ({ data }) => {
    failed = showFrame(data, view) || failed;
  });
  socket.addEventListener("close", ({ code }) => {
    if (stopped) view.end("Stopped", "calm");
    else if (failed || code > FAILED) view.end(`Failed (${code})`, "bad");
    else if (code === 1_000) view.end("Ended", "good");
    else {
      view.end(opened ? `Broke off (${code})` : "Refused", "bad");
      if (!opened)
        view.note(
          "The gateway did not open a WebSocket. A request over HTTP tells why: the command below makes one.",
        );
    }
    changed("closed");
  });

  return {
    send(text) {
      socket.send(text);
      view.message("sent", text);
    },
    /** No more requests; answers still come. */
    end: () => socket.send(""),
    stop() {
      stopped = true;
      socket.close();
    },
  };
}
