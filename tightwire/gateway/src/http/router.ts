import type { PathSegment, PathTemplate } from "@tightwire/contract";
import { MisuseError } from "@tightwire/core";
import { decodePart } from "./percent.js";

/** The result of a look-up. */
export interface Match<T> {
  readonly value: T;
  /** The segments of the path, still percent-encoded, without the verb. */
  readonly segments: readonly string[];
  /**
   * How many segments the path has more than the template. What follows the template's `**` is that
   * many segments further on in the path. -1 when `**` matches no segment.
   */
  readonly extra: number;
}

/**
 * Finds the path template that matches a path. It is built at start. A look-up walks the path at
 * most once for each template with the same beginning.
 */
export interface Router<T> {
  /** Adds a template. Throws a MisuseError when it has one of the same shape. */
  add(template: PathTemplate, value: T): void;
  /**
   * Finds the template of a path (without query, still encoded). Literal text wins over `*`, `*`
   * over `**`, and a template with a verb over one without. Throws a 400 when the path is not
   * percent-encoded UTF-8.
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
  /** Templates that end at this node, by verb. */
  readonly ends: Map<string, T>;
  /**
   * Templates with a `**` at this node. Those with more segments after it come first, and among
   * them those with text where others have `*`.
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
      // A verb is not empty, and follows a segment or the root.
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
        throw duplicate(text);
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
  if (node.ends.has(verb)) throw duplicate(text);
  node.ends.set(verb, value);
}

function duplicate(text: string): MisuseError {
  return new MisuseError("TW_DUPLICATE_ROUTE", `a route matches the same requests as ${text}`);
}

/** The longer one first, then the one with text where they first differ; 0 for the same shape. */
function compareSuffixes(a: readonly PathSegment[], b: readonly PathSegment[]): number {
  if (a.length !== b.length) return b.length - a.length;
  const shape = (segments: readonly PathSegment[]): string[] =>
    segments.map((one) => (one.kind === "literal" ? `/${one.text}` : ""));
  const [ofA, ofB] = [shape(a), shape(b)];
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

/** Whether no segment that `**` matches is empty, and those after it match the template's. */
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
