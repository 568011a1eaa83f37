import {
  concat,
  delimited,
  fixed32,
  fixed64,
  group,
  hex,
  number,
  tag,
  text,
  varint,
} from "./bytes.mjs";
import { mapCases, mergeCases, oneofCases } from "./merge-cases.mjs";
import { TYPES } from "./types.mjs";

const UNKNOWN = 1000;
const NOTHING = hex("");

/** Yields names, bytes, and the bytes that are written for what was read. */
export function* validCases() {
  for (const [name, input, output] of [
    ...TYPES.flatMap((type) => [...scalars(type), ...lists(type)]),
    ...mergeCases(),
    ...mapCases(),
    ...oneofCases(),
    ...unknown(),
    ...orders(),
    ...tags(),
    ...depths(),
  ])
    yield [`Everything/${name}`, input, output];
  for (const [name, input, output] of groups()) yield [`Groups/${name}`, input, output];
}

/** Values alone: the default is not written again, and the last one counts. */
function* scalars({ name, one, wireType, values }) {
  const head = tag(one, wireType);
  for (const [at, [value, written]] of values.entries()) {
    const isDefault = name !== "message" && written.equals(values[0][1]);
    const output = isDefault ? NOTHING : concat(head, written);
    yield [`one/${name}/${at}`, concat(head, value), output];
    yield [`one/${name}/${at} in a message`, delimited(17, head, value), delimited(17, output)];
    if (name === "message") continue;
    yield [`one/${name}/${at} after another`, concat(head, values.at(-1)[0], head, value), output];
    const wrong = concat(tag(one, wireType === 0 ? 5 : 0), wireType === 0 ? fixed32(1) : varint(1));
    yield [
      `one/${name}/${at} and another wire type`,
      concat(wrong, head, value),
      concat(output, wrong),
    ];
  }
}

/** Lists are read packed and not, mixed, and written as their contract says. */
function* lists({ name, many, loose, wireType, values }) {
  const single = (field, at) => concat(tag(field, wireType), values[at][0]);
  const written = values.map(([, value]) => value);
  const apart = (field, list) =>
    concat(...list.map((value) => concat(tag(field, wireType), value)));
  const all = values.map((_, at) => at);
  const output = (field) =>
    field === many && loose !== undefined ? delimited(many, ...written) : apart(field, written);
  for (const [kind, field] of [
    ["many", many],
    ["loose", loose],
  ]) {
    if (field === undefined) continue;
    yield [`list/${name}/${kind}`, concat(...all.map((at) => single(field, at))), output(field)];
    if (loose === undefined) continue;
    const contents = values.map(([value]) => value);
    yield [`list/${name}/${kind} packed`, delimited(field, ...contents), output(field)];
    yield [`list/${name}/${kind} packed and empty`, delimited(field), NOTHING];
    yield [
      `list/${name}/${kind} packed, then not, with others between`,
      concat(
        delimited(field, contents[0]),
        text(31, ""),
        ...all.slice(1).map((at) => single(field, at)),
      ),
      concat(text(31, ""), output(field)),
    ];
    yield [
      `list/${name}/${kind} packed in two`,
      concat(delimited(field, contents[0]), delimited(field, ...contents.slice(1))),
      output(field),
    ];
  }
}

function* unknown() {
  const fields = {
    varint: number(UNKNOWN, 150),
    "long varint": concat(tag(UNKNOWN, 0), varint(1, 10)),
    fixed64: concat(tag(UNKNOWN, 1), fixed64(5)),
    delimited: text(UNKNOWN, "abc"),
    empty: delimited(UNKNOWN),
    group: group(UNKNOWN, number(1, 1), text(2, "x"), group(3, number(UNKNOWN, 1))),
    fixed32: concat(tag(UNKNOWN, 5), fixed32(5)),
    "highest number": number(2 ** 29 - 1, 1),
    "known number as a group": group(3, number(1, 1)),
    "message as a number": number(17, 1),
    "map as a number": number(80, 1),
    "string in place of a list of numbers": concat(tag(47, 0), varint(1)),
  };
  for (const [name, field] of Object.entries(fields)) {
    yield [`unknown/${name}`, field, field];
    yield [`unknown/${name}/in a message`, delimited(17, field), delimited(17, field)];
    yield [
      `unknown/${name}/before a known one`,
      concat(field, number(3, 1)),
      concat(number(3, 1), field),
    ];
  }
  const mixed = concat(
    fields.delimited,
    fields.varint,
    fields.group,
    fields.delimited,
    fields.fixed32,
    fields.varint,
  );
  yield ["unknown/in their order", mixed, mixed];
}

function* orders() {
  const fields = [
    number(3, 1),
    text(14, "a"),
    delimited(17, number(3, 2)),
    delimited(36, varint(4)),
  ];
  yield ["order/backwards", concat(...[...fields].reverse()), concat(...fields)];
  yield [
    "order/around a message",
    concat(fields[2], fields[0], fields[2], fields[1]),
    concat(...fields.slice(0, 3)),
  ];
  yield ["order/nothing", NOTHING, NOTHING];
}

/** Tags of up to five bytes. */
function* tags() {
  for (const size of [2, 3, 4, 5]) {
    yield [`tag/known/${size} bytes`, concat(tag(3, 0, size), varint(1)), number(3, 1)];
    yield [
      `tag/unknown/${size} bytes`,
      concat(tag(UNKNOWN, 0, size), varint(1)),
      number(UNKNOWN, 1),
    ];
  }
}

function* depths() {
  let messages = NOTHING;
  for (let depth = 0; depth < 99; depth++) messages = delimited(17, messages);
  yield ["depth/100 messages", messages, messages];
  let groups = NOTHING;
  for (let depth = 0; depth < 100; depth++) groups = group(UNKNOWN, groups);
  yield ["depth/100 groups", groups, groups];
}

function* groups() {
  const content = concat(number(3, 1), text(4, "a"));
  const one = group(2, content);
  yield ["one", one, one];
  yield ["one/empty", group(2), group(2)];
  yield [
    "one/merged",
    concat(one, group(2, number(3, 5), text(4, "b"))),
    group(2, number(3, 5), text(4, "a"), text(4, "b")),
  ];
  yield ["one/between others", concat(one, text(1, "x")), concat(text(1, "x"), one)];
  yield ["one/in a message in a group", group(2, delimited(5, one)), group(2, delimited(5, one))];
  yield [
    "one/unknown fields in it",
    group(2, group(UNKNOWN), number(UNKNOWN, 1)),
    group(2, group(UNKNOWN), number(UNKNOWN, 1)),
  ];
  yield ["one/as a message is unknown", delimited(2, content), delimited(2, content)];
  yield [
    "many",
    concat(group(6), group(6, number(7, 1))),
    concat(group(6), group(6, number(7, 1))),
  ];
  yield ["member of a oneof", group(8, number(9, 1)), group(8, number(9, 1))];
  yield [
    "member of a oneof/merged",
    concat(group(8, number(9, 1), text(10, "a")), group(8, text(10, "b"))),
    group(8, number(9, 1), text(10, "a"), text(10, "b")),
  ];
  yield [
    "member of a oneof/replaced",
    concat(group(8, number(9, 1)), text(11, "x")),
    text(11, "x"),
  ];
}
