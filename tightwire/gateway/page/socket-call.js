import { showFrame } from "./http-call.js";

/** The close code of a call that failed is this plus the number of its status. */
const FAILED = 4_000;

/** Makes a call over a WebSocket and shows its messages. `changed` is called when it opens and when it closes. */
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
      view.end(opened ? `Connection lost (${code})` : "Refused", "bad");
      if (!opened)
        view.note(
          "The gateway did not open a WebSocket. An HTTP request shows the reason: the command below sends one.",
        );
    }
    changed("closed");
  });

  return {
    send(text) {
      socket.send(text);
      view.message("sent", text);
    },
    /** Ends the requests; responses still arrive. */
    end: () => socket.send(""),
    stop() {
      stopped = true;
      socket.close();
    },
  };
}
