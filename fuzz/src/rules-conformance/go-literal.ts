/**
 * An expression of Go, as far as tables of test cases need it: text, numbers, names, calls and
 * composite literals. `&` is left out, since it changes no value.
 */
export type GoExpression =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly text: string }
  /** `true`, `math.MaxInt32`, `cases.TestEnum_TEST_ENUM_ONE`. */
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "call"; readonly name: string; readonly arguments: readonly GoExpression[] }
  | {
      readonly kind: "composite";
      /** `cases.StringConst`, `[]byte`, `map[string]bool`; empty where Go lets it be left out. */
      readonly type: string;
      readonly elements: readonly GoElement[];
    }
  | { readonly kind: "operation"; readonly operator: string; readonly of: readonly GoExpression[] };

/** An element of a composite literal: `Val: "foo"`, or a value alone. */
export interface GoElement {
  readonly key: GoExpression | undefined;
  readonly value: GoExpression;
}

const TOKEN =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|("(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'|0[xX][\da-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?|[\p{L}_][\p{L}\d_]*|<<|[^\s])/guy;

/** Splits Go source into tokens, without white space and comments. */
export function tokenize(source: string): string[] {
  return [...source.matchAll(TOKEN)].flatMap(([, token]) => token ?? []);
}

/** Reads the expression that begins at a token. Throws an Error for what it does not know. */
export function parseExpression(
  tokens: readonly string[],
  start: number,
): { readonly expression: GoExpression; readonly end: number } {
  const parser = new GoParser(tokens, start);
  const expression = parser.expression();
  return { expression, end: parser.at };
}

class GoParser {
  readonly #tokens: readonly string[];
  at: number;

  constructor(tokens: readonly string[], at: number) {
    this.#tokens = tokens;
    this.at = at;
  }

  expression(): GoExpression {
    let left = this.#unary();
    while (["+", "-", "*", "<<"].includes(this.#next)) {
      const operator = this.#take();
      left = { kind: "operation", operator, of: [left, this.#unary()] };
    }
    return left;
  }

  #unary(): GoExpression {
    if (this.#next === "&") {
      this.#take();
      return this.#unary();
    }
    if (this.#next === "-")
      return { kind: "operation", operator: this.#take(), of: [this.#unary()] };
    return this.#operand();
  }

  #operand(): GoExpression {
    const token = this.#next;
    if (token === "(") return this.#inParentheses();
    if (/^["`']/.test(token)) return { kind: "text", text: unquote(this.#take()) };
    if (/^\d/.test(token)) return { kind: "number", text: this.#take().replaceAll("_", "") };
    if (token === "{") return { kind: "composite", type: "", elements: this.#elements() };
    const name = this.#type();
    if (this.#next === "(") return { kind: "call", name, arguments: this.#list("(", ")") };
    if (this.#next === "{") return { kind: "composite", type: name, elements: this.#elements() };
    return { kind: "name", name };
  }

  #inParentheses(): GoExpression {
    this.#expect("(");
    const inner = this.expression();
    this.#expect(")");
    return inner;
  }

  /** A name with its package, or a type: `[]*cases.Embed`, `map[string]int32`. */
  #type(): string {
    let text = "";
    while (this.#next === "[" || this.#next === "*") {
      if (this.#next === "*") this.#take();
      else {
        this.#expect("[");
        this.#expect("]");
        text += "[]";
      }
    }
    if (this.#next === "map") {
      this.#take();
      this.#expect("[");
      const key = this.#type();
      this.#expect("]");
      return `${text}map[${key}]${this.#type()}`;
    }
    const name = this.#take();
    if (!/^[\p{L}_]/u.test(name)) throw new Error(`unexpected "${name}"`);
    text += name;
    while (this.#next === ".") {
      this.#take();
      text += `.${this.#take()}`;
    }
    return text;
  }

  #elements(): GoElement[] {
    const elements: GoElement[] = [];
    this.#expect("{");
    while (this.#next !== "}") {
      const first = this.expression();
      if (this.#next === ":") {
        this.#take();
        elements.push({ key: first, value: this.expression() });
      } else elements.push({ key: undefined, value: first });
      if (this.#next === ",") this.#take();
    }
    this.#expect("}");
    return elements;
  }

  #list(open: string, close: string): GoExpression[] {
    const list: GoExpression[] = [];
    this.#expect(open);
    while (this.#next !== close) {
      list.push(this.expression());
      if (this.#next === ",") this.#take();
    }
    this.#expect(close);
    return list;
  }

  get #next(): string {
    return this.#tokens[this.at] ?? "";
  }

  #take(): string {
    const token = this.#next;
    if (token === "") throw new Error("the source ends too early");
    this.at++;
    return token;
  }

  #expect(token: string): void {
    const found = this.#take();
    if (found !== token) throw new Error(`expected "${token}", found "${found}"`);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/**
 * The text of a Go literal. `\xff` and octal escapes are bytes: they become the characters of those
 * numbers, and {@link bytesOf} makes bytes of them again.
 */
function unquote(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith("`")) return inner;
  return inner.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))/gsu,
    (_, hex?: string, short?: string, long?: string, octal?: string, one = "") => {
      const point = short ?? long;
      if (point !== undefined) return String.fromCodePoint(Number.parseInt(point, 16));
      if (hex !== undefined) return byteCharacter(Number.parseInt(hex, 16));
      if (octal !== undefined) return byteCharacter(Number.parseInt(octal, 8));
      return ESCAPES[one] ?? one;
    },
  );
}

/** Bytes above 0x7f stand in a private area, so that they are told from characters. */
const BYTES = 0xf700;

function byteCharacter(byte: number): string {
  return byte < 0x80 ? String.fromCharCode(byte) : String.fromCharCode(BYTES + byte);
}

/** The bytes of a text of {@link parseExpression}. */
export function bytesOf(text: string): Uint8Array {
  return Buffer.concat(
    [...text].map((one) => {
      const point = one.codePointAt(0) ?? 0;
      const isByte = point >= BYTES + 0x80 && point <= BYTES + 0xff;
      return isByte ? Buffer.from([point - BYTES]) : Buffer.from(one);
    }),
  );
}
