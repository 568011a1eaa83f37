const PLACE = "[redacted]";
/** Shorter values would blank out unrelated text, and hold no secret. */
const MIN_LENGTH = 3;

/** How much of the values of a stream's messages is kept, in characters. */
const MAX_KEPT = 64 * 1024;

/**
 * What the `debug_redact` fields held in the last messages of a stream: an error may quote any that
 * came before it. Limited in size; the values of the newest message are always kept.
 */
export class MarkedValues {
  readonly #kept = new Set<string>();
  #characters = 0;

  /** `paths` are a definition's redacted paths. */
  add(paths: readonly string[], message: unknown): void {
    const values = readableValues(paths, message);
    for (const value of values) {
      this.#drop(value);
      this.#kept.add(value);
      this.#characters += value.length;
    }
    // The oldest stand first in a set.
    for (const oldest of this.#kept) {
      if (this.#characters <= MAX_KEPT || values.has(oldest)) break;
      this.#drop(oldest);
    }
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.#kept.values();
  }

  #drop(value: string): void {
    if (this.#kept.delete(value)) this.#characters -= value.length;
  }
}

/**
 * A function that removes the values of a message's `debug_redact` fields, and those in `marked`,
 * from text that is about to be logged. `paths` are a definition's redacted paths; values other
 * than strings and numbers stay. Costs nothing when there is nothing to redact. It never throws.
 */
export function redactorFor(
  paths: readonly string[],
  message: unknown,
  marked?: Iterable<string>,
): (text: string) => string {
  if ((paths.length === 0 || message === undefined) && marked === undefined) return (text) => text;
  return (text) => {
    try {
      return redact(text, new Set([...valuesAt(paths, message), ...(marked ?? [])]));
    } catch {
      return PLACE; // the message cannot be read, so that nobody knows what to remove
    }
  };
}

function redact(text: string, values: ReadonlySet<string>): string {
  let clean = text;
  for (const value of [...values].sort((a, b) => b.length - a.length))
    clean = clean.replaceAll(value, PLACE);
  return clean;
}

/** None of a message that cannot be read: no error can quote it. */
function readableValues(paths: readonly string[], message: unknown): Set<string> {
  try {
    return valuesAt(paths, message);
  } catch {
    return new Set();
  }
}

function valuesAt(paths: readonly string[], message: unknown): Set<string> {
  const values = new Set<string>();
  for (const path of paths) collect(message, path.split("."), values);
  return values;
}

function collect(value: unknown, path: readonly string[], into: Set<string>): void {
  const [name, ...rest] = path;
  if (name === undefined) {
    collectAll(value, into);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const record = value as Record<string, unknown>;
  if (name in record) collect(record[name], rest, into);
  // Lists, maps and oneofs ({ $case, value }) have no place in a path: it leads through them.
  else if (record["$case"] === name) collect(record["value"], rest, into);
  else
    for (const inner of Object.values(record))
      if (!(inner instanceof Uint8Array)) collect(inner, path, into);
}

/** A marked field may hold a whole message: every text and number in it is taken. */
function collectAll(value: unknown, into: Set<string>): void {
  if (typeof value === "string" || typeof value === "bigint" || typeof value === "number") {
    const text = String(value);
    if (text.length >= MIN_LENGTH) into.add(text);
  } else if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
    for (const inner of Object.values(value)) collectAll(inner, into);
  }
}
