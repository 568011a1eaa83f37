/** A stream of messages as lines of JSON, either way. */
export const LINES = "application/x-ndjson";
/** A stream of answers as Server-Sent Events. */
export const EVENT_STREAM = "text/event-stream";

/** How the messages of a stream stand in the body of an answer. */
export interface StreamFormat {
  readonly headers: Readonly<Record<string, string>>;
  /** A message, out of its JSON. */
  message(json: string): string;
  /** How a stream ends that failed: its status as JSON. */
  failed(status: string): string;
  /** What stands behind the last message of a stream that ended well. */
  readonly end: string;
}

/**
 * A line of JSON a message: `{"result":…}`, and `{"error":…}` as the last one of a stream that
 * failed.
 */
export const NDJSON: StreamFormat = {
  headers: {
    "content-type": LINES,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  },
  message: (json) => `{"result":${json}}\n`,
  failed: (status) => `{"error":${status}}\n`,
  end: "",
};

/**
 * Server-Sent Events: a message each, then `end` or `error`, at either of which a browser's
 * EventSource has to be closed. Source: HTML, "Server-sent events".
 */
export const EVENTS: StreamFormat = {
  headers: { "content-type": EVENT_STREAM, "cache-control": "no-store", "x-accel-buffering": "no" },
  message: (json) => `data: ${json}\n\n`,
  failed: (status) => `event: error\ndata: ${status}\n\n`,
  end: "event: end\ndata: {}\n\n",
};

/** Events for who asks for them, else lines. */
export function formatFor(accept: string | undefined): StreamFormat {
  return accept?.includes(EVENT_STREAM) === true ? EVENTS : NDJSON;
}
