import { compressionError } from "./compression-error.js";

/**
 * How many bits the code of each byte has, and of the end of a string. The code is canonical:
 * within a length codes rise with the byte, so the lengths are all there is to it. Source: RFC
 * 7541, appendix B.
 */
const CODE_BITS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
  28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5,
  6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6,
  7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23,
  23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22,
  22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22,
  23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27,
  27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25,
  24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];
const END_OF_STRING = 256;

/**
 * A transition of the decoder, which takes four bits at a time: the next state, and the byte that
 * became whole, if any (codes are longer than four bits).
 */
const NEXT_SHIFT = 9;
const EMITS = 0x100;
const OCTET = 0xff;
const FAILS = -1;

interface Machine {
  /** By state * 16 + four bits. */
  readonly steps: Int32Array;
  /** States in which a string may end: no more than seven bits into a code, all of them ones. */
  readonly mayEnd: Uint8Array;
}

/** Codes by byte, canonical. */
function canonicalCodes(): number[] {
  const codes: number[] = [];
  let code = 0;
  for (let bits = 5; bits <= 30; bits++) {
    for (let byte = 0; byte <= END_OF_STRING; byte++)
      if (CODE_BITS[byte] === bits) codes[byte] = code++;
    code *= 2;
  }
  return codes;
}

/**
 * The tree of codes: two children a node, each another node (its index) or a byte (as -1 -
 * byte).
 */
function codeTree(): [zero: number, one: number][] {
  const nodes: [number, number][] = [[0, 0]];
  canonicalCodes().forEach((code, byte) => {
    let node = 0;
    for (let bit = (CODE_BITS[byte] as number) - 1; bit > 0; bit--) {
      const children = nodes[node] as [number, number];
      const side = (code >>> bit) & 1;
      if (children[side] === 0) children[side] = nodes.push([0, 0]) - 1;
      node = children[side] as number;
    }
    (nodes[node] as [number, number])[code & 1] = -1 - byte;
  });
  return nodes;
}

function buildMachine(): Machine {
  const nodes = codeTree();
  const steps = new Int32Array(nodes.length * 16);
  const mayEnd = new Uint8Array(nodes.length);
  for (let ones = 0, node = 0; ones <= 7; ones++) {
    mayEnd[node] = 1;
    node = (nodes[node] as [number, number])[1];
  }
  for (let state = 0; state < nodes.length; state++) {
    for (let four = 0; four < 16; four++) steps[state * 16 + four] = step(nodes, state, four);
  }
  return { steps, mayEnd };
}

function step(nodes: readonly [number, number][], from: number, four: number): number {
  let node = from;
  let emitted = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const child = (nodes[node] as [number, number])[((four >>> bit) & 1) as 0 | 1];
    if (child === -1 - END_OF_STRING) return FAILS;
    if (child < 0) {
      emitted = EMITS | (-1 - child);
      node = 0;
    } else node = child;
  }
  return (node << NEXT_SHIFT) | emitted;
}

/**
 * Made when the first coded string comes: it takes some milliseconds, which a process that only
 * imports this need not wait for.
 */
let machine: Machine | undefined;

/**
 * Decoded strings are written here before they become JavaScript's; it grows to what the largest
 * header block needs.
 */
let scratch: Buffer = Buffer.allocUnsafeSlow(4_096);

/**
 * A string out of its Huffman code, a byte a character. Throws COMPRESSION_ERROR for the
 * end-of-string code and for padding that is not up to seven ones. Source: RFC 7541, section 5.2.
 */
export function decodeHuffman(bytes: Buffer, start: number, end: number): string {
  machine ??= buildMachine();
  const { steps, mayEnd } = machine;
  const most = Math.ceil(((end - start) * 8) / 5);
  if (scratch.length < most) scratch = Buffer.allocUnsafeSlow(most);
  const out = scratch;
  let state = 0;
  let length = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    const high = steps[state * 16 + (byte >>> 4)] as number;
    if (high === FAILS) throw compressionError("the end-of-string code inside a string");
    if ((high & EMITS) !== 0) out[length++] = high & OCTET;
    const low = steps[(high >>> NEXT_SHIFT) * 16 + (byte & 15)] as number;
    if (low === FAILS) throw compressionError("the end-of-string code inside a string");
    if ((low & EMITS) !== 0) out[length++] = low & OCTET;
    state = low >>> NEXT_SHIFT;
  }
  if (mayEnd[state] === 0) throw compressionError("a string whose padding is not up to seven ones");
  return out.toString("latin1", 0, length);
}
