import {
  create,
  type DescField,
  type DescMessage,
  type Message,
  ScalarType,
} from "@bufbuild/protobuf";
import {
  type ReflectList,
  type ReflectMap,
  type ReflectMessage,
  reflect,
} from "@bufbuild/protobuf/reflect";
import type { Random } from "@tightwire/core/runtime";

const MAX_DEPTH = 4;

const NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11];
const SIGNED = [-1, -4, -5, -6, -2147483648, 2147483647];
const FLOATS = [
  0.1,
  0.7,
  0.3,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  4.5,
  5.5,
  -0,
];
const TEXTS = [
  ...[
    "",
    "a",
    "ab",
    "abc",
    "abcd",
    "abcde",
    "five5",
    "fivE5",
    "fi",
    "e5",
    "ve",
    "aab12",
    "ABxz",
    "ab\nz",
  ],
  ...[
    "Äß",
    "Äß 12",
    "Я٣",
    "😀",
    "😀a",
    "😀😀",
    "😀😀😀",
    "😀😀😀😀",
    "é",
    "éé",
    "a\n",
    '"',
    "\u0000",
    "a b",
  ],
  ...["a@b.c", "a@b", "a@", "@b", "a.b+c@x-y.z", "a@-b.c", "a@b..c", "é@b.c", "a@b.c\n"],
  ...[
    "example.com",
    "example.com.",
    "example..com",
    "-a.com",
    "a-.com",
    "a.1",
    "1.a",
    "127.0.0.1",
    "256.0.0.1",
  ],
  ...[
    "127.0.0.01",
    "1.2.3",
    "1.2.3.4.5",
    "::",
    "::1",
    "1::",
    "1::2::3",
    ":::",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7",
  ],
  ...[
    "1:2:3:4:5:6:7:8:9",
    "::ffff:1.2.3.4",
    "1:2:3:4:5:6:1.2.3.4",
    "1:2:3:4:5:6:7:1.2.3.4",
    "fe80::1%eth0",
  ],
  ...[
    "fe80::1%",
    "12345::",
    "::1.2.3",
    "1:2:3:4:5:6:7::",
    "::2:3:4:5:6:7:8",
    ":1",
    "1:",
    "g::",
    "1::8/64",
  ],
  ...[
    "1.2.3.4/24",
    "1.2.3.0/24",
    "1.2.3.4/32",
    "1.2.3.4/33",
    "1.2.3.4/0",
    "0.0.0.0/0",
    "1.2.3.4/",
    "1.2.3.4/024",
  ],
  ...[
    "::/0",
    "::1/128",
    "::1/127",
    "2001:db8::/32",
    "2001:db8::1/32",
    "::1%a/128",
    "::/129",
    "/24",
    "1.2.3.4/-1",
  ],
  ...[
    "example.com:80",
    "example.com:",
    "[::1]:80",
    "[::1]",
    "::1:80",
    "1.2.3.4:65535",
    "1.2.3.4:65536",
    "a:080",
    ":80",
  ],
  ...["[::1%a]:1", "[1.2.3.4]:80", "a:0"],
  ...[
    "http://example.com/a?b#c",
    "http://",
    "http:",
    "//a/b",
    "a/b:c",
    "a:b",
    "1a:b",
    ":a",
    "./a:b",
    "?a",
    "#",
    "#a#b",
  ],
  ...[
    "http://[::1]:80/",
    "http://[::1%25eth0]/",
    "http://[::1%eth0]/",
    "http://[v1.a:b]/",
    "http://a b/",
    "http://a%zz/",
  ],
  ...[
    "http://a%20b/",
    "http://a%ff/",
    "http://u:p@h:80/%41",
    "http://h:8a/",
    "http://[::1",
    "urn:a:b",
    "mailto:a@b",
    "http://a/%",
  ],
  ...[
    "http://a/{",
    "http:////a",
    "http:/a",
    "http:a",
    "a//b",
    "//",
    "///a",
    "http://@/",
    "http://a@b@c/",
    "http://[::1]a/",
  ],
  ...["http://a/[", "http://a?[", "é", "http://é/", "http://a:80:90/", "x://[1:2]/"],
  ...[
    "123e4567-e89b-12d3-a456-426614174000",
    "123E4567E89B12D3A456426614174000",
    "123e4567-e89b-12d3-a456-42661417400",
  ],
  ...[
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "81ARZ3NDEKTSV4RRFFQ69G5FAV",
    "01arz3ndektsv4rrffq69g5fav",
    "01ARZ3NDEKTSV4RRFFQ69G5FAU",
  ],
  ...[
    "a.B",
    ".a.B",
    "a..B",
    "_a",
    "1a",
    "a.",
    ".",
    "type.googleapis.com/a.B",
    "c",
    "b.c",
    "b.cd",
    "b.c.d",
    "a.d",
  ],
  ...[
    ":authority",
    "x-y",
    "x,y",
    "x y",
    "x\ty",
    "x\u007fy",
    "x\u0001",
    ":",
    "x\r",
    `${"a".repeat(63)}.com`,
    `${"a".repeat(64)}.com`,
  ],
  ...[
    `${"a.".repeat(126)}a`,
    `${"a.".repeat(127)}a`,
    `${"a.".repeat(126)}a.`,
    `a@${"a".repeat(63)}.b`,
    `a@${"a".repeat(64)}`,
  ],
];
const BYTES = [
  [],
  [1],
  [2],
  [1, 2],
  [1, 2, 3],
  [0, 1, 2],
  [1, 2, 3, 4],
  [1, 3, 2],
  [65, 66],
  [127],
];

/** A message with random values, many of them at the edges of the rules of `fuzz.rules.v1`. */
export function randomMessage(desc: DescMessage, random: Random, depth = 0): Message {
  const message = create(desc);
  const target = reflect(desc, message);
  for (const field of desc.fields)
    if (depth === 0 || chance(random, 0.6)) setField(target, field, random, depth);
  return message;
}

function setField(target: ReflectMessage, field: DescField, random: Random, depth: number): void {
  if (field.message !== undefined && depth >= MAX_DEPTH) return;
  if (field.fieldKind === "list") {
    const list = target.get(field) as ReflectList;
    for (let count = pick(random, [0, 1, 2, 2, 3, 4, 18]); count > 0; count--)
      list.add(randomValue(field, random, depth));
  } else if (field.fieldKind === "map") {
    const map = target.get(field) as ReflectMap;
    for (let count = pick(random, [0, 1, 2, 3]); count > 0; count--)
      map.set(randomKey(field.mapKey, random) as never, randomValue(field, random, depth));
  } else {
    target.set(field, randomValue(field, random, depth));
  }
}

function randomValue(field: DescField, random: Random, depth: number): never {
  if (field.enum !== undefined) return pick(random, [0, 1, 2, 5, 6, -1]) as never;
  if (field.message !== undefined)
    return reflect(field.message, randomNested(field.message, random, depth)) as never;
  return randomScalar(field.scalar ?? ScalarType.STRING, random) as never;
}

function randomNested(desc: DescMessage, random: Random, depth: number): Message {
  switch (desc.typeName) {
    case "google.protobuf.Timestamp":
    case "google.protobuf.Duration":
      return create(desc, randomTime(desc, random) as never);
    case "google.protobuf.FieldMask": {
      const paths = ["a", "b.c", "b.cd", "b.c.d", "a.d", "c"].filter(() => chance(random, 0.3));
      return create(desc, { paths } as never);
    }
    default:
      return randomMessage(desc, random, depth + 1);
  }
}

/** Paths quote control characters in ways of their own, and ours cut long keys: keys are plain. */
function randomKey(scalar: ScalarType, random: Random): unknown {
  const key = randomScalar(scalar, random);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what this is about
  return typeof key === "string" ? key.replace(/[\u0000-\u001f\u007f]/g, "").slice(0, 60) : key;
}

function randomTime({ typeName }: DescMessage, random: Random): object {
  const nanos = pick(random, [0, 0, 0, 1, 999_999_999]);
  const near = pick(random, [2, 3, 5, 7]) + pick(random, [-1, 0, 0, 0, 1]);
  if (typeName === "google.protobuf.Duration" || chance(random, 0.6))
    return { seconds: BigInt(near), nanos };
  // Far enough from now that it does not matter which of two checks is first.
  const now = Math.floor(Date.now() / 1000);
  return { seconds: BigInt(now + pick(random, [-7200, -600, 600, 7200])), nanos };
}

function randomScalar(scalar: ScalarType, random: Random): unknown {
  switch (scalar) {
    case ScalarType.STRING:
      return pick(random, TEXTS);
    case ScalarType.BYTES:
      return randomBytes(random);
    case ScalarType.BOOL:
      return chance(random, 0.5);
    case ScalarType.FLOAT:
    case ScalarType.DOUBLE:
      return pick(random, [...NUMBERS, ...FLOATS, -5, -1]);
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return pick(random, [...NUMBERS, 4294967295]);
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return BigInt(pick(random, [...NUMBERS, Number.MAX_SAFE_INTEGER]));
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return BigInt(pick(random, [...NUMBERS, ...SIGNED]));
    default:
      return pick(random, [...NUMBERS, ...SIGNED]);
  }
}

function randomBytes(random: Random): Uint8Array {
  if (chance(random, 0.2)) return new Uint8Array(pick(random, [4, 15, 16, 17]));
  return new Uint8Array(pick(random, BYTES));
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random.next() * from.length)] as T;
}

function chance(random: Random, likely: number): boolean {
  return random.next() < likely;
}
