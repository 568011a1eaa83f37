import { parse } from "./json-view.js";

/** Makes a call with one HTTP request and shows its response, or its messages line by line. Never rejects; `signal` cancels it. */
export async function callByHttp({ url, verb, headers, body }, view, signal) {
  view.begin();
  const bare = verb === "GET" || verb === "HEAD";
  try {
    const response = await fetch(url, {
      method: verb,
      headers,
      signal,
      cache: "no-store",
      ...(bare || body === undefined ? {} : { body }),
    });
    const status = `${response.status} ${response.statusText}`.trim();
    if (response.headers.get("content-type")?.startsWith("application/x-ndjson") !== true) {
      const text = await response.text();
      view.end(status, response.ok ? "good" : "bad");
      view.headers([...response.headers]);
      view.whole(text);
      return;
    }
    view.open(status);
    const failed = await readLines(response.body, view);
    view.end(failed ? `${status}, then failed` : `${status}, ended`, failed ? "bad" : "good");
    view.headers([...response.headers]);
  } catch (error) {
    if (signal.aborted) return view.end("Stopped", "calm");
    view.end("No response", "bad");
    view.note(`The gateway did not respond, or the connection was lost: ${error.message}.`);
  }
}

/** Shows each line as it arrives. True when the last one was an error. */
async function readLines(stream, view) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let failed = false;
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    const lines = (rest + step.value).split("\n");
    rest = lines.pop();
    for (const line of lines) failed = showFrame(line, view) || failed;
  }
  return failed;
}

/** Shows `{"result":…}` or `{"error":…}`; true for the latter. */
export function showFrame(text, view) {
  const frame = parse(text);
  if (frame?.error !== undefined) {
    view.failed(frame.error);
    return true;
  }
  view.message("received", frame?.result === undefined ? text : JSON.stringify(frame.result));
  return false;
}
