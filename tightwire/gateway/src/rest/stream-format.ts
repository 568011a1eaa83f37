/** The content type of a stream of requests or responses, one line of JSON each. */
export const LINES = "application/x-ndjson";
/** The content type of a stream of responses as Server-Sent Events. */
export const EVENT_STREAM = "text/event-stream";

/** How a stream of messages is written in the body of a response. */
export interface StreamFormat {
  readonly headers: Readonly<Record<string, string>>;
  /** Formats the JSON of a message. */
  message(json: string): string;
  /** Formats the last part of a stream that failed: its status as JSON. */
  failed(status: string): string;
  /** The last part of a stream that succeeded. */
  readonly end: string;
}

/**
 * One line of JSON per message: `{"result":…}`, and `{"error":…}` as the last line of a stream that
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
 * Server-Sent Events: one per message, then `end` or `error`. A page must close its EventSource at
 * either of them. Source: HTML, "Server-sent events".
 */
export const EVENTS: StreamFormat = {
  headers: { "content-type": EVENT_STREAM, "cache-control": "no-store", "x-accel-buffering": "no" },
  message: (json) => `data: ${json}\n\n`,
  failed: (status) => `event: error\ndata: ${status}\n\n`,
  end: "event: end\ndata: {}\n\n",
};

/** Events when `accept` asks for them, else lines. */
export function formatFor(accept: string | undefined): StreamFormat {
  return accept?.includes(EVENT_STREAM) === true ? EVENTS : NDJSON;
}
