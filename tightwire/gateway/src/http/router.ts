import type { PathSegment, PathTemplate } from "@tightwire/routes";
import { decodePart } from "./percent.js";

/** What a path was found to be. */
export interface Match<T> {
  readonly value: T;
  /** The segments of the path, as they came: still percent-encoded, without the verb. */
  readonly segments: readonly string[];
  /**
   * How many segments the path has more than the template: so much further on in the path is what
   * stands behind the template's `**`. -1 when that takes none.
   */
  readonly extra: number;
}

/**
 * Finds what path templates were made for paths. Built at start; a look-up walks the path once for
 * each template that begins alike, at most.
 */
export interface Router<T> {
  /** Adds a template. Throws a TypeError when one of the same form is there. */
  add(template: PathTemplate, value: T): void;
  /**
   * What the path (without query, still encoded) belongs to. Literal text goes before `*`, and `*`
   * before `**`; a template with a verb before one without. Throws a 400 when the path is not
   * percent-encoded as it should be.
   */
  find(path: string): Match<T> | undefined;
}

interface Rest<T> {
  readonly suffix: readonly PathSegment[];
  readonly verb: string;
  readonly value: T;
}

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  one: Node<T> | undefined;
  /** Templates that end here, by their verb. */
  readonly ends: Map<string, T>;
  /**
   * Templates with a `**` here: those with more behind it first, and of them those with text where
   * others have `*`.
   */
  rests: Rest<T>[];
}

const createNode = <T>(): Node<T> => ({
  literals: new Map(),
  one: undefined,
  ends: new Map(),
  rests: [],
});

/** Makes an empty router. */
export function createRouter<T>(): Router<T> {
  const root = createNode<T>();
  return {
    add: (template, value) => addTemplate(root, template, value),
    find(path) {
      if (!path.startsWith("/")) return undefined;
      const raw = path === "/" ? [] : path.slice(1).split("/");
      const decoded = path.includes("%") ? raw.map((part) => decodePart(part, "the path")) : raw;
      const last = raw.at(-1) ?? "";
      const colon = last.lastIndexOf(":");
      // A verb is some text, and follows a segment or the root.
      if (colon < last.length - 1 && (colon > 0 || (colon === 0 && raw.length === 1))) {
        const verb = decodePart(last.slice(colon + 1), "the path");
        const bare = colon === 0 ? [] : [last.slice(0, colon)];
        const found = walk(
          root,
          [...decoded.slice(0, -1), ...bare.map((part) => decodePart(part, "the path"))],
          0,
          verb,
        );
        if (found !== undefined) return { ...found, segments: [...raw.slice(0, -1), ...bare] };
      }
      const found = walk(root, decoded, 0, "");
      return found === undefined
        ? undefined
        : { value: found.value, segments: raw, extra: found.extra };
    },
  };
}

function addTemplate<T>(root: Node<T>, { segments, verb, text }: PathTemplate, value: T): void {
  let node = root;
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === "rest") {
      const suffix = segments.slice(index + 1);
      const rest = { suffix, verb, value };
      if (
        node.rests.some(
          (other) => other.verb === verb && compareSuffixes(other.suffix, suffix) === 0,
        )
      )
        throw taken(text);
      node.rests = [...node.rests, rest].sort((a, b) => compareSuffixes(a.suffix, b.suffix));
      return;
    }
    if (segment.kind === "one") {
      node.one ??= createNode();
      node = node.one;
    } else {
      const next = node.literals.get(segment.text) ?? createNode<T>();
      node.literals.set(segment.text, next);
      node = next;
    }
  }
  if (node.ends.has(verb)) throw taken(text);
  node.ends.set(verb, value);
}

function taken(text: string): TypeError {
  return new TypeError(`a route takes the same requests as ${text}`);
}

/** The longer one first, then the one with text where they first differ; 0 for the same form. */
function compareSuffixes(a: readonly PathSegment[], b: readonly PathSegment[]): number {
  if (a.length !== b.length) return b.length - a.length;
  const form = (segments: readonly PathSegment[]): string[] =>
    segments.map((one) => (one.kind === "literal" ? `/${one.text}` : ""));
  const [ofA, ofB] = [form(a), form(b)];
  const at = ofA.findIndex((text, index) => text !== ofB[index]);
  if (at === -1) return 0;
  return (ofA[at] as string) > (ofB[at] as string) ? -1 : 1;
}

type Found<T> = Pick<Match<T>, "value" | "extra">;

function walk<T>(
  node: Node<T>,
  parts: readonly string[],
  at: number,
  verb: string,
): Found<T> | undefined {
  const part = parts[at];
  if (part === undefined) {
    if (node.ends.has(verb)) return { value: node.ends.get(verb) as T, extra: 0 };
  } else {
    const literal = node.literals.get(part);
    const found = literal === undefined ? undefined : walk(literal, parts, at + 1, verb);
    if (found !== undefined) return found;
    const one =
      part === "" || node.one === undefined ? undefined : walk(node.one, parts, at + 1, verb);
    if (one !== undefined) return one;
  }
  for (const rest of node.rests) {
    const extra = parts.length - at - rest.suffix.length - 1;
    if (rest.verb === verb && extra >= -1 && fits(rest.suffix, parts, at, extra))
      return { value: rest.value, extra };
  }
  return undefined;
}

/** Whether the segments that a `**` takes are segments, and those behind it are the template's. */
function fits(
  suffix: readonly PathSegment[],
  parts: readonly string[],
  at: number,
  extra: number,
): boolean {
  const end = at + extra + 1;
  if (parts.slice(at, end).includes("")) return false;
  return suffix.every((segment, index) => {
    const part = parts[end + index];
    return segment.kind === "literal" ? part === segment.text : part !== "";
  });
}
