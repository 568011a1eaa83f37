/**
 * One segment of a template: literal text (decoded), any one segment (`*`), or any number of
 * segments (`**`).
 */
export type PathSegment =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "one" }
  | { readonly kind: "rest" };

/** What a variable of a template captures. */
export interface PathVariable {
  /** The request field that takes the value, spelled as in the contract: `book.name`. */
  readonly field: string;
  /** The first captured segment, and the one after the last. */
  readonly start: number;
  readonly end: number;
  /** Whether it captures more than one segment, so that an encoded slash in it stays encoded. */
  readonly multiple: boolean;
}

/** A parsed path template of `google.api.http`. */
export interface PathTemplate {
  /** As the contract declares it. */
  readonly text: string;
  readonly segments: readonly PathSegment[];
  readonly variables: readonly PathVariable[];
  /**
   * The text after the last segment's colon: `cancel` of `/v1/orders/{id}:cancel`. Empty when there
   * is none.
   */
  readonly verb: string;
}

const IDENT = /^[a-zA-Z_]\w*$/;
const LITERAL = /^[^{}*:/?#\s]+$/;

/**
 * Parses a path template. Extends the published grammar: one `**` per template may come before
 * other segments, because Google's own contracts use it (`/v1/{parent=**}/{collection_id}`). Throws
 * an Error that says what is wrong and where. Source: google/api/http.proto, "Path template
 * syntax".
 */
export function parsePathTemplate(text: string): PathTemplate {
  if (!text.startsWith("/")) throw templateError(text, 'it must start with "/"');
  const verbAt = findVerb(text);
  const path = verbAt === -1 ? text : text.slice(0, verbAt);
  const verb = verbAt === -1 ? "" : text.slice(verbAt + 1);
  if (verbAt !== -1 && !LITERAL.test(verb))
    throw templateError(text, `":${verb}" is not a valid verb`);
  const segments: PathSegment[] = [];
  const variables: PathVariable[] = [];
  if (path !== "/")
    for (const part of splitOutsideBraces(text, path.slice(1)))
      readPart(text, part, segments, variables);
  if (segments.filter(({ kind }) => kind === "rest").length > 1)
    throw templateError(text, 'it has more than one "**"');
  const twice = variables.find(
    ({ field }, index) => variables.findIndex((one) => one.field === field) < index,
  );
  if (twice !== undefined) throw templateError(text, `it captures {${twice.field}} twice`);
  return { text, segments, variables, verb: decode(text, verb) };
}

/**
 * A template without the names of its variables: two routes with the same verb and shape match the
 * same requests.
 */
export function pathShape({ segments, verb }: PathTemplate): string {
  const parts = segments.map((segment) =>
    segment.kind === "literal"
      ? encodeURIComponent(segment.text)
      : segment.kind === "one"
        ? "*"
        : "**",
  );
  return `/${parts.join("/")}${verb === "" ? "" : `:${verb}`}`;
}

/** Finds the colon before the verb: the last one outside braces, in the last segment. */
function findVerb(text: string): number {
  const colon = text.lastIndexOf(":");
  return colon > text.lastIndexOf("}") && colon > text.lastIndexOf("/") ? colon : -1;
}

function splitOutsideBraces(text: string, path: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let inside = false;
  for (let at = 0; at <= path.length; at++) {
    const char = path[at];
    if (char === "{" && inside) throw templateError(text, "a variable contains another variable");
    if (char === "{") inside = true;
    else if (char === "}" && !inside) throw templateError(text, 'a "}" has no matching "{"');
    else if (char === "}") inside = false;
    else if (at === path.length || (char === "/" && !inside)) {
      parts.push(path.slice(start, at));
      start = at + 1;
    }
  }
  if (inside) throw templateError(text, 'a "{" is not closed');
  return parts;
}

function readPart(
  text: string,
  part: string,
  segments: PathSegment[],
  variables: PathVariable[],
): void {
  if (!part.startsWith("{")) return void segments.push(readSegment(text, part));
  if (!part.endsWith("}"))
    throw templateError(text, `a variable must be a whole segment (got "${part}")`);
  const [field = "", pattern = "*"] = splitOnce(part.slice(1, -1), "=");
  if (!field.split(".").every((name) => IDENT.test(name)))
    throw templateError(text, `"${field}" is not a valid field path`);
  const start = segments.length;
  for (const one of pattern.split("/")) segments.push(readSegment(text, one));
  const multiple = segments.length - start > 1 || segments[start]?.kind === "rest";
  variables.push({ field, start, end: segments.length, multiple });
}

function readSegment(text: string, part: string): PathSegment {
  if (part === "*") return { kind: "one" };
  if (part === "**") return { kind: "rest" };
  if (part === "") throw templateError(text, "it has an empty segment");
  if (!LITERAL.test(part))
    throw templateError(
      text,
      `"${part}" is not a valid segment; a segment is "*", "**", {variable} or literal text`,
    );
  return { kind: "literal", text: decode(text, part) };
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw templateError(text, `"${part}" is not valid percent-encoding`);
  }
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function templateError(text: string, reason: string): Error {
  return new Error(`invalid path template ${JSON.stringify(text)}: ${reason}`);
}
