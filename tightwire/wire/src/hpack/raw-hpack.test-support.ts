/** A field of a header block, a byte a character. */
export type RawField = readonly [name: string, value: string];

/** How a literal field is written: for this block alone, into the table, or never to be kept. */
export type Literal = "plain" | "indexed" | "never";

const PATTERNS: Readonly<Record<Literal, number>> = { plain: 0x00, indexed: 0x40, never: 0x10 };

/** A number with a prefix of `bits` behind `pattern`. Source: RFC 7541, section 5.1. */
export function rawInteger(pattern: number, bits: number, value: number): Buffer {
  const most = 2 ** bits - 1;
  if (value < most) return Buffer.of(pattern | value);
  const bytes = [pattern | most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** A string without Huffman code. */
export function rawString(text: string): Buffer {
  return Buffer.concat([rawInteger(0, 7, text.length), Buffer.from(text, "latin1")]);
}

/** A field by name and value, both written out. */
export function rawLiteral([name, value]: RawField, how: Literal = "plain"): Buffer {
  return Buffer.concat([Buffer.of(PATTERNS[how]), rawString(name), rawString(value)]);
}

/** A field by its index. */
export function rawIndexed(index: number): Buffer {
  return rawInteger(0x80, 7, index);
}

/** A change of the table size. */
export function rawTableSize(bytes: number): Buffer {
  return rawInteger(0x20, 5, bytes);
}

/** A header block of literals. */
export function rawBlock(fields: Iterable<RawField>, how: Literal = "plain"): Buffer {
  return Buffer.concat(Array.from(fields, (field) => rawLiteral(field, how)));
}

/** How a decoded field stood in its block. */
export interface DecodedField {
  readonly name: string;
  readonly value: string;
  readonly how: Literal | "index";
}

/**
 * Reads header blocks of one direction, in order: a second reading of RFC 7541, without Huffman
 * code, which the wire does not write.
 */
export interface RawDecoder {
  decode(block: Buffer): DecodedField[];
  /** Changes of the table size that were seen. */
  readonly sizes: readonly number[];
}

/** Makes a {@link RawDecoder} whose table holds at most `limit` bytes. */
export function createRawDecoder(limit = 4_096): RawDecoder {
  const table: RawField[] = [];
  const sizes: number[] = [];
  let most = limit;
  let block: Buffer = Buffer.alloc(0);
  let at = 0;

  function integer(bits: number): number {
    const mask = 2 ** bits - 1;
    let value = (block[at++] as number) & mask;
    if (value < mask) return value;
    for (let factor = 1; ; factor *= 128) {
      const byte = block[at++] as number;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }
  function string(): string {
    if (((block[at] as number) & 0x80) !== 0)
      throw new Error("a Huffman code, which this peer does not read");
    const length = integer(7);
    at += length;
    return block.toString("latin1", at - length, at);
  }
  function entry(index: number): RawField {
    const found = index <= STATIC.length ? STATIC[index - 1] : table[index - STATIC.length - 1];
    if (found === undefined) throw new Error(`index ${index}, which no entry has`);
    return found;
  }
  function shrink(): void {
    const bytes = (): number =>
      table.reduce((sum, [name, value]) => sum + name.length + value.length + 32, 0);
    while (bytes() > most) table.pop();
  }
  function field(): DecodedField {
    const first = block[at] as number;
    if (first >= 0x80) {
      const [name, value] = entry(integer(7));
      return { name, value, how: "index" };
    }
    const how = first >= 0x40 ? "indexed" : first >= 0x10 ? "never" : "plain";
    const index = integer(how === "indexed" ? 6 : 4);
    const name = index === 0 ? string() : entry(index)[0];
    const value = string();
    if (how === "indexed") {
      table.unshift([name, value]);
      shrink();
    }
    return { name, value, how };
  }

  return {
    sizes,
    decode(bytes) {
      block = bytes;
      at = 0;
      const fields: DecodedField[] = [];
      while (at < block.length) {
        if (((block[at] as number) & 0xe0) === 0x20) {
          most = integer(5);
          sizes.push(most);
          shrink();
        } else fields.push(field());
      }
      return fields;
    },
  };
}

/** Source: RFC 7541, appendix A. */
const STATIC: readonly RawField[] = [
  [":authority", ""],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  ...["200", "204", "206", "304", "400", "404", "500"].map(
    (status): RawField => [":status", status],
  ),
  ["accept-charset", ""],
  ["accept-encoding", "gzip, deflate"],
  ...[
    ..."accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control".split(
      " ",
    ),
    ..."content-disposition content-encoding content-language content-length content-location content-range content-type".split(
      " ",
    ),
    ..."cookie date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since".split(
      " ",
    ),
    ..."last-modified link location max-forwards proxy-authenticate proxy-authorization range referer refresh retry-after".split(
      " ",
    ),
    ..."server set-cookie strict-transport-security transfer-encoding user-agent vary via www-authenticate".split(
      " ",
    ),
  ].map((name): RawField => [name, ""]),
];
