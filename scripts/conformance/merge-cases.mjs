import {
  concat,
  delimited,
  fixed32,
  fixed64,
  hex,
  number,
  tag,
  text,
  varint,
  zigzag,
} from "./bytes.mjs";

const UNKNOWN = 1000;
const NOTHING = hex("");

/** A message that comes again is merged: fields are replaced, lists appended, maps joined. */
export function* mergeCases() {
  const merge = (...parts) => concat(...parts.map((part) => delimited(17, part)));
  yield [
    "merge/different fields",
    merge(number(3, 1), number(5, 2)),
    merge(concat(number(3, 1), number(5, 2))),
  ];
  yield ["merge/one field", merge(number(3, 1), number(3, 2)), merge(number(3, 2))];
  yield ["merge/a default is read", merge(number(3, 1), number(3, 0)), merge(NOTHING)];
  yield ["merge/nothing", merge(number(3, 1), NOTHING), merge(number(3, 1))];
  yield ["merge/after nothing", merge(NOTHING, number(3, 1)), merge(number(3, 1))];
  yield [
    "merge/lists",
    merge(text(47, "a"), text(47, "b")),
    merge(concat(text(47, "a"), text(47, "b"))),
  ];
  yield [
    "merge/packed lists",
    merge(delimited(36, varint(1)), delimited(36, varint(2))),
    merge(delimited(36, varint(1), varint(2))),
  ];
  yield [
    "merge/maps",
    merge(concat(entry("a", "1"), entry("b", "1")), entry("a", "2")),
    merge(concat(entry("a", "2"), entry("b", "1"))),
  ];
  yield [
    "merge/messages inside",
    merge(delimited(17, number(3, 1)), delimited(17, number(5, 2))),
    merge(delimited(17, number(3, 1), number(5, 2))),
  ];
  yield [
    "merge/a list of messages is not",
    concat(delimited(50, number(3, 1)), delimited(50, number(5, 2))),
    concat(delimited(50, number(3, 1)), delimited(50, number(5, 2))),
  ];
  yield [
    "merge/three times",
    merge(number(3, 1), number(4, 2), number(5, 3)),
    merge(concat(number(3, 1), number(4, 2), number(5, 3))),
  ];
  yield [
    "merge/unknown fields",
    merge(number(UNKNOWN, 1), number(UNKNOWN, 2)),
    merge(concat(number(UNKNOWN, 1), number(UNKNOWN, 2))),
  ];
}

const entry = (key, value) => delimited(76, text(1, key), text(2, value));

export function* mapCases() {
  const keys = {
    int32: [65, 0, varint(-1)],
    int64: [66, 0, varint(-1)],
    uint32: [67, 0, varint(4294967295)],
    uint64: [68, 0, varint(-1)],
    sint32: [69, 0, zigzag(-2)],
    sint64: [70, 0, zigzag(-2)],
    fixed32: [71, 5, fixed32(7)],
    fixed64: [72, 1, fixed64(7)],
    sfixed32: [73, 5, fixed32(-7)],
    sfixed64: [74, 1, fixed64(-7)],
    bool: [75, 0, varint(1)],
    string: [76, 2, hex("026b79")],
  };
  for (const [name, [field, wireType, bytes]] of Object.entries(keys)) {
    const [key, value] = [concat(tag(1, wireType), bytes), text(2, "value")];
    const whole = delimited(field, key, value);
    yield [`map/${name}`, whole, whole];
    yield [`map/${name}/value first`, delimited(field, value, key), whole];
    // ts-proto writes the key 0 of a map that is an object, which the others leave out.
    const zero = /32$/.test(name)
      ? concat(tag(1, wireType), wireType === 0 ? varint(0) : fixed32(0))
      : NOTHING;
    yield [`map/${name}/nothing`, delimited(field), delimited(field, zero)];
    yield [`map/${name}/key alone`, delimited(field, key), delimited(field, key)];
    yield [`map/${name}/value alone`, delimited(field, value), delimited(field, zero, value)];
    yield [
      `map/${name}/one key twice`,
      concat(delimited(field, key, text(2, "old")), whole),
      whole,
    ];
    yield [`map/${name}/two keys in an entry`, delimited(field, key, key, value), whole];
    yield [
      `map/${name}/two values in an entry`,
      delimited(field, key, text(2, "old"), value),
      whole,
    ];
    yield [
      `map/${name}/unknown field in an entry`,
      delimited(field, key, number(UNKNOWN, 1), value),
      whole,
    ];
  }
  const values = { double: 77, bytes: 78, kind: 79, message: 80, uint64: 81 };
  for (const [name, field] of Object.entries(values)) {
    // A message that is not there is a new one, which is written.
    const empty = (...key) =>
      delimited(field, ...key, ...(name === "message" ? [delimited(2)] : []));
    yield [`map to ${name}/nothing`, delimited(field), empty()];
    yield [`map to ${name}/key alone`, delimited(field, text(1, "k")), empty(text(1, "k"))];
  }
  const at = (key, ...content) => delimited(80, text(1, key), delimited(2, ...content));
  yield [
    "map to message/one key twice is replaced",
    concat(at("k", number(3, 1)), at("k", number(5, 2))),
    at("k", number(5, 2)),
  ];
  yield [
    "map to message/two values in an entry are merged",
    delimited(80, text(1, "k"), delimited(2, number(3, 1)), delimited(2, number(5, 2))),
    at("k", number(3, 1), number(5, 2)),
  ];
}

/** The last member counts; the same message again is merged. */
export function* oneofCases() {
  const members = {
    string: [text(82, "a"), text(82, "")],
    sint64: [concat(tag(83, 0), zigzag(-5)), number(83, 0)],
    bytes: [delimited(84, hex("00ff")), delimited(84)],
    bool: [number(85, 1), number(85, 0)],
    message: [delimited(86, number(3, 1)), delimited(86)],
  };
  for (const [name, [value, none]] of Object.entries(members)) {
    yield [`oneof/${name}`, value, value];
    yield [`oneof/${name}/default`, none, none];
    yield [`oneof/${name}/default again`, concat(value, none), name === "message" ? value : none];
    for (const [other, [otherValue]] of Object.entries(members))
      if (other !== name) yield [`oneof/${name}/after ${other}`, concat(otherValue, value), value];
  }
  const again = delimited(86, number(5, 2));
  yield [
    "oneof/message/merged",
    concat(members.message[0], again),
    delimited(86, number(3, 1), number(5, 2)),
  ];
  yield [
    "oneof/message/replaced between",
    concat(members.message[0], members.bool[0], again),
    again,
  ];
}
