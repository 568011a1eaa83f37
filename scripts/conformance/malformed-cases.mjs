import { concat, delimited, group, hex, tag, utf8, varint, withLength } from "./bytes.mjs";
import { TYPES } from "./types.mjs";

const UNKNOWN = 1000;
const MESSAGE = 17;
/** What is begun of a value, by wire type. */
const INCOMPLETE = [hex("80"), hex("61626364656667"), hex("80"), hex(""), hex(""), hex("616263")];

/** Yields names, bytes and "refused". */
export function* malformedCases() {
  for (const [name, input] of [
    ...TYPES.flatMap((type) => [...endsEarly(type)]),
    ...lengths(),
    ...tags(),
    ...wireTypes(),
    ...groups(),
    ...depths(),
    ...texts(),
  ])
    yield [`Everything/${name}`, input, "refused"];
  for (const [name, input] of groupFields()) yield [`Groups/${name}`, input, "refused"];
}

/** The input, a message or a packed field ends at each place where it may not. */
function* endsEarly({ name, one, many, loose, wireType, values }) {
  const [value] = values.at(-1);
  const fields = { one, many, ...(loose === undefined ? {} : { loose }), unknown: UNKNOWN };
  for (const [kind, field] of Object.entries(fields)) {
    const head = tag(field, wireType);
    yield [`end/${name}/${kind}/before the value`, head];
    yield [`end/${name}/${kind}/inside the value`, concat(head, INCOMPLETE[wireType])];
    const whole = concat(head, value);
    for (let length = 1; length < whole.length; length += length < 16 ? 1 : 37) {
      const part = whole.subarray(0, length);
      yield [`end/${name}/${kind}/after ${length}`, part];
      // The parent goes on, with what would complete the value.
      yield [
        `end/${name}/${kind}/after ${length} in a message`,
        concat(delimited(MESSAGE, part), whole.subarray(length)),
      ];
    }
    if (wireType === 2) yield [`end/${name}/${kind}/no content`, concat(head, varint(1))];
  }
  if (wireType === 2) return;
  for (const [kind, field] of [
    ["many", many],
    ["loose", loose],
  ]) {
    const packed = tag(field, 2);
    const part = value.subarray(0, value.length - 1);
    yield [`end/${name}/packed ${kind}/before its content`, concat(packed, varint(1))];
    yield [`end/${name}/packed ${kind}/inside a value`, delimited(field, INCOMPLETE[wireType])];
    yield [
      `end/${name}/packed ${kind}/past its message`,
      concat(delimited(MESSAGE, packed, varint(value.length * 2), value), value),
    ];
    if (part.length > 0)
      yield [
        `end/${name}/packed ${kind}/a value that goes past it`,
        concat(packed, withLength(part), value.subarray(part.length)),
      ];
  }
}

/** Lengths that are longer than what follows, or than 32 bits. */
function* lengths() {
  const fields = {
    string: 14,
    bytes: 15,
    message: 17,
    packed: 34,
    map: 80,
    oneof: 86,
    unknown: UNKNOWN,
  };
  const sizes = {
    "one more": varint(3),
    "2 GiB": varint(2 ** 31),
    "4 GiB": varint(2 ** 32 - 1),
    "-1": varint(-1),
    "2 and the 33rd bit": varint(2n ** 32n + 2n),
    "2 and the 64th bit": varint(2n ** 63n + 2n),
    "eleven bytes": varint(2, 11),
  };
  for (const [name, field] of Object.entries(fields))
    for (const [size, length] of Object.entries(sizes))
      yield [`length/${name}/${size}`, concat(tag(field, 2), length, hex("1801"))];
  const inner = concat(tag(MESSAGE, 2), varint(4), hex("1801"));
  yield ["length/a message past its parent", concat(delimited(MESSAGE, inner), hex("1802"))];
  yield [
    "length/a message past its parent's parent",
    concat(delimited(MESSAGE, delimited(MESSAGE, inner)), hex("1802")),
  ];
  yield [
    "length/a message past the entry of a map",
    concat(delimited(80, tag(2, 2), varint(4), hex("1801")), hex("1802")),
  ];
}

function* tags() {
  for (let wireType = 0; wireType < 8; wireType++) {
    for (const size of [1, 2, 5])
      yield [
        `tag/field 0/wire type ${wireType}/${size} bytes`,
        concat(tag(0, wireType, size), hex("010203040506070809")),
      ];
    yield [
      `tag/field 0/wire type ${wireType}/in a message`,
      delimited(MESSAGE, tag(0, wireType), hex("010203040506070809")),
    ];
  }
  for (const [name, field] of [
    ["known", 3],
    ["unknown", UNKNOWN],
  ]) {
    for (const size of [6, 7, 9, 10, 11, 12])
      yield [`tag/${name}/${size} bytes`, concat(tag(field, 0, size), varint(1))];
    for (const bit of [32n, 33n, 34n, 35n, 40n, 63n])
      yield [`tag/${name}/bit ${bit}`, concat(varint(BigInt(field) * 8n + 2n ** bit), varint(1))];
    yield [`tag/${name}/in a message`, delimited(MESSAGE, tag(field, 0, 6), varint(1))];
    yield [`tag/${name}/in an entry`, delimited(76, tag(field, 0, 6), varint(1))];
    yield [`tag/${name}/in a group`, group(UNKNOWN, tag(field, 0, 6), varint(1))];
  }
  yield ["tag/ends early", hex("80")];
}

function* wireTypes() {
  for (const wireType of [6, 7])
    for (const field of [1, 3, 14, 17, 34, 65, 82, UNKNOWN])
      for (const value of [0, 1, 2, 3])
        yield [
          `wire type ${wireType}/field ${field}/${value}`,
          concat(tag(field, wireType), varint(value)),
        ];
}

/** Beginnings without an end, and ends without a beginning, of fields that are no groups here. */
function* groups() {
  for (const [name, field] of [
    ["known", 3],
    ["message", MESSAGE],
    ["unknown", UNKNOWN],
  ]) {
    const [start, end] = [tag(field, 3), tag(field, 4)];
    const other = tag(field + 1, 4);
    yield [`group/${name}/end`, end];
    yield [`group/${name}/end before a field`, concat(end, hex("1801"))];
    yield [`group/${name}/end after a field`, concat(hex("1801"), end)];
    yield [`group/${name}/end in a message`, delimited(MESSAGE, end)];
    yield [`group/${name}/end in an entry`, delimited(80, end)];
    yield [`group/${name}/end after the group`, concat(start, end, end)];
    yield [`group/${name}/start`, start];
    yield [`group/${name}/start with a field`, concat(start, hex("1801"))];
    yield [`group/${name}/start in a message`, concat(delimited(MESSAGE, start), end)];
    yield [`group/${name}/another end`, concat(start, hex("1801"), other)];
    yield [`group/${name}/another end inside`, concat(start, other, end)];
    yield [`group/${name}/another start inside`, concat(start, tag(field + 1, 3), end)];
    yield [`group/${name}/crossed`, concat(start, tag(field + 1, 3), end, other)];
    yield [`group/${name}/cut in a field`, concat(start, hex("18"), end)];
  }
}

/** At most a hundred messages in each other are read, and as many groups are skipped. */
function* depths() {
  const nested = (count, wrap) => {
    let content = hex("");
    for (let depth = 0; depth < count; depth++) content = wrap(content);
    return content;
  };
  const entry = (content) => delimited(80, delimited(2, content));
  yield [
    "depth/100 messages in the outermost",
    nested(100, (content) => delimited(MESSAGE, content)),
  ];
  yield ["depth/50 maps of messages", nested(50, entry)];
  yield ["depth/101 groups", nested(101, (content) => group(UNKNOWN, content))];
}

function* texts() {
  const bad = {
    "a stray byte": "80",
    "never used": "ff",
    overlong: "c0af",
    surrogate: "eda080",
    cut: "e282",
  };
  for (const [name, bytes] of Object.entries(bad)) {
    const text = concat(utf8("text "), hex(bytes));
    yield [`text/${name}/one`, delimited(14, text)];
    yield [`text/${name}/maybe`, delimited(31, text)];
    yield [`text/${name}/many`, concat(delimited(47, utf8("good")), delimited(47, text))];
    yield [`text/${name}/oneof`, delimited(82, text)];
    yield [`text/${name}/key`, delimited(76, delimited(1, text))];
    yield [`text/${name}/value`, delimited(76, delimited(2, text))];
    yield [`text/${name}/in a message`, delimited(MESSAGE, delimited(14, text))];
  }
}

/** Groups of proto2 that are fields. */
function* groupFields() {
  for (const [name, field, other] of [
    ["one", 2, 6],
    ["many", 6, 2],
    ["member of a oneof", 8, 2],
  ]) {
    const start = tag(field, 3);
    yield [`${name}/no end`, start];
    yield [`${name}/no end after a field`, concat(start, hex("1801"))];
    yield [`${name}/end alone`, tag(field, 4)];
    yield [`${name}/another end`, concat(start, tag(other, 4))];
    yield [
      `${name}/an unknown group inside has no end`,
      concat(start, tag(UNKNOWN, 3), tag(field, 4)),
    ];
    yield [
      `${name}/an unknown group inside has another end`,
      group(field, tag(UNKNOWN, 3), tag(other, 4)),
    ];
    yield [`${name}/an end inside`, group(field, tag(other, 4))];
    yield [`${name}/ends in its parent`, concat(delimited(2, hex("")), start)];
  }
  yield ["a message in a group ends the group", group(2, delimited(5, tag(2, 4)))];
  yield [
    "a message in a group goes past its end",
    concat(tag(2, 3), tag(5, 2), varint(3), tag(2, 4)),
  ];
  yield [
    "a group in a message goes past it",
    concat(tag(2, 3), delimited(5, tag(2, 3)), tag(2, 4), tag(2, 4)),
  ];
}
