import { describe, expect, test } from "vitest";
import { HpackDecoder } from "./decoder.js";

/** The fields of a block, in hexadecimal with spaces. */
function decode(decoder: HpackDecoder, hex: string): [string, string][] {
  const bytes = Buffer.from(hex.replaceAll(/\s/g, ""), "hex");
  const fields: [string, string][] = [];
  decoder.decode(bytes, 0, bytes.length, {
    field: (name, value) => void fields.push([name, value]),
  });
  return fields;
}

function hexOf(text: string): string {
  return Buffer.from(text, "latin1").toString("hex");
}

/** A string as it is written without Huffman code. */
function string(text: string): string {
  return Buffer.of(text.length).toString("hex") + hexOf(text);
}

describe("RFC 7541, appendix C", () => {
  test("C.2: each way of writing a field", () => {
    expect(
      decode(new HpackDecoder(), `40 ${string("custom-key")} ${string("custom-header")}`),
    ).toEqual([["custom-key", "custom-header"]]);
    expect(decode(new HpackDecoder(), `04 ${string("/sample/path")}`)).toEqual([
      [":path", "/sample/path"],
    ]);
    expect(decode(new HpackDecoder(), `10 ${string("password")} ${string("secret")}`)).toEqual([
      ["password", "secret"],
    ]);
    expect(decode(new HpackDecoder(), "82")).toEqual([[":method", "GET"]]);
  });

  const REQUESTS = [
    [
      [":method", "GET"],
      [":scheme", "http"],
      [":path", "/"],
      [":authority", "www.example.com"],
    ],
    [
      [":method", "GET"],
      [":scheme", "http"],
      [":path", "/"],
      [":authority", "www.example.com"],
      ["cache-control", "no-cache"],
    ],
    [
      [":method", "GET"],
      [":scheme", "https"],
      [":path", "/index.html"],
      [":authority", "www.example.com"],
      ["custom-key", "custom-value"],
    ],
  ];

  test("C.3: requests without Huffman code", () => {
    const decoder = new HpackDecoder();
    expect([
      decode(decoder, `82 86 84 41 ${string("www.example.com")}`),
      decode(decoder, `82 86 84 be 58 ${string("no-cache")}`),
      decode(decoder, `82 87 85 bf 40 ${string("custom-key")} ${string("custom-value")}`),
    ]).toEqual(REQUESTS);
  });

  test("C.4: requests with Huffman code", () => {
    const decoder = new HpackDecoder();
    expect([
      decode(decoder, "82 86 84 41 8c f1e3 c2e5 f23a 6ba0 ab90 f4ff"),
      decode(decoder, "82 86 84 be 58 86 a8eb 1064 9cbf"),
      decode(decoder, "82 87 85 bf 40 88 25a8 49e9 5ba9 7d7f 89 25a8 49e9 5bb8 e8b4 bf"),
    ]).toEqual(REQUESTS);
  });

  const COOKIE = "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";
  const [DATE, LATER, LOCATION] = [
    "Mon, 21 Oct 2013 20:13:21 GMT",
    "Mon, 21 Oct 2013 20:13:22 GMT",
    "https://www.example.com",
  ];
  const ANSWERS = [
    [
      [":status", "302"],
      ["cache-control", "private"],
      ["date", DATE],
      ["location", LOCATION],
    ],
    [
      [":status", "307"],
      ["cache-control", "private"],
      ["date", DATE],
      ["location", LOCATION],
    ],
    [
      [":status", "200"],
      ["cache-control", "private"],
      ["date", LATER],
      ["location", LOCATION],
      ["content-encoding", "gzip"],
      ["set-cookie", COOKIE],
    ],
  ];

  test("C.5: answers without Huffman code, which drop entries of a table of 256 bytes", () => {
    const decoder = new HpackDecoder(256);
    expect([
      decode(
        decoder,
        `48 ${string("302")} 58 ${string("private")} 61 ${string(DATE)} 6e ${string(LOCATION)}`,
      ),
      decode(decoder, `48 ${string("307")} c1 c0 bf`),
      decode(decoder, `88 c1 61 ${string(LATER)} c0 5a ${string("gzip")} 77 ${string(COOKIE)}`),
    ]).toEqual(ANSWERS);
  });

  test("C.6: answers with Huffman code", () => {
    const decoder = new HpackDecoder(256);
    expect([
      decode(
        decoder,
        "48 82 6402 58 85 aec3 771a 4b 61 96 d07a be94 1054 d444 a820 0595 040b 8166 e082 a62d 1bff 6e 91 9d29 ad17 1863 c78f 0b97 c8e9 ae82 ae43 d3",
      ),
      decode(decoder, "48 83 640e ff c1 c0 bf"),
      decode(
        decoder,
        "88 c1 61 96 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c0 5a 83 9bd9 ab 77 ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07",
      ),
    ]).toEqual(ANSWERS);
  });
});

describe("4. numbers and indexes", () => {
  test("C.1: 10, 1337 and 42, as lengths and indexes are read", () => {
    expect(decode(new HpackDecoder(), `00 0a ${hexOf("a".repeat(10))} 00`)).toEqual([
      ["a".repeat(10), ""],
    ]);
    const long = "b".repeat(1_337);
    expect(decode(new HpackDecoder(), `00 01 61 7f ba09 ${hexOf(long)}`)).toEqual([["a", long]]);
  });

  test("4. a number of five bytes behind its prefix is the last; leading zeros do not make it longer", () => {
    expect(
      decode(new HpackDecoder(), `00 01 61 7f 80 80 80 80 00 ${hexOf("x".repeat(127))}`),
    ).toEqual([["a", "x".repeat(127)]]);
    expect(() => decode(new HpackDecoder(), "00 01 61 7f 80 80 80 80 80 00")).toThrow(
      "more than 32 bits",
    );
  });

  test("4. 2^31 and 2^32-1 are not negative, and 2^32 is an error", () => {
    for (const hex of ["7f 81 ff ff ff 07", "7f 80 ff ff ff 0f"]) {
      expect(() => decode(new HpackDecoder(), `00 01 61 ${hex}`)).toThrow(
        "longer than its header block",
      );
    }
    expect(() => decode(new HpackDecoder(), "00 01 61 7f 81 ff ff ff 0f")).toThrow(
      "more than 32 bits",
    );
    for (const hex of ["ff 81 ff ff ff 07", "7f c1 ff ff ff 07", "0f f1 ff ff ff 07"])
      expect(() => decode(new HpackDecoder(), hex)).toThrow("which no entry has");
  });

  test("4. index 0 and those past the table are errors", () => {
    const decoder = new HpackDecoder();
    decode(decoder, `40 ${string("a")} ${string("b")}`);
    expect(decode(decoder, "be")).toEqual([["a", "b"]]);
    for (const hex of ["80", "bf", "7f 00", "0f 30"])
      expect(() => decode(decoder, hex)).toThrow("which no entry has");
  });

  test("4. what ends too early is an error", () => {
    for (const hex of [
      "00",
      "00 01",
      "00 01 61",
      "00 01 61 05 62",
      "7f",
      "ff",
      "ff 80",
      "40 7f 80",
    ]) {
      expect(() => decode(new HpackDecoder(), hex), hex).toThrow(/ends inside|longer than/);
    }
  });
});

describe("3. changes of the table size", () => {
  test("3. two at a block's start are taken, three are not, none inside, none above what was announced", () => {
    const decoder = new HpackDecoder(4_096);
    expect(decode(decoder, "20 3f e1 1f 82")).toEqual([[":method", "GET"]]);
    expect(() => decode(decoder, "20 21 22 82")).toThrow("more than two");
    expect(() => decode(decoder, "82 20")).toThrow("inside a block");
    expect(() => decode(decoder, "3f e2 1f")).toThrow("4097 bytes where 4096");
  });

  test("3. a smaller table drops the oldest", () => {
    const decoder = new HpackDecoder();
    decode(decoder, `40 ${string("a")} ${string("1")} 40 ${string("b")} ${string("2")}`);
    expect(decode(decoder, "3f 03 be")).toEqual([["b", "2"]]); // 34 bytes: one of the two
    expect(() => decode(decoder, "bf")).toThrow("which no entry has");
  });

  test("4. an entry costs 32 bytes more than its texts, and one larger than the table empties it", () => {
    const decoder = new HpackDecoder(34);
    decode(decoder, `40 ${string("a")} ${string("1")}`);
    expect(decode(decoder, "be")).toEqual([["a", "1"]]);
    decode(decoder, `40 ${string("a")} ${string("12")}`);
    expect(() => decode(decoder, "be")).toThrow("which no entry has");
  });

  test("4. an entry may be dropped by the one that takes its name", () => {
    const decoder = new HpackDecoder(40);
    decode(decoder, `40 ${string("name")} ${string("one")}`);
    expect(decode(decoder, `7e ${string("two")}`)).toEqual([["name", "two"]]);
    expect(decode(decoder, "be")).toEqual([["name", "two"]]);
  });
});

describe("2. no memory of blocks", () => {
  test("2. the same bytes mean another field after the table has changed", () => {
    const decoder = new HpackDecoder();
    for (const user of ["alice", "bob", "carol"]) {
      decode(decoder, `40 ${string("x-user")} ${string(user)}`);
      expect(decode(decoder, "be")).toEqual([["x-user", user]]);
    }
  });
});

test("7. a value that HTTP/2 forbids is told as such whenever it comes, out of the table as well", () => {
  const decoder = new HpackDecoder();
  const told = (hex: string): boolean[] => {
    const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
    const goods: boolean[] = [];
    decoder.decode(bytes, 0, bytes.length, {
      field: (_name, _value, good) => void goods.push(good),
    });
    return goods;
  };
  expect(told(`40 ${string("a")} ${string("x\x01")} 40 ${string("b")} ${string("y")}`)).toEqual([
    false,
    true,
  ]);
  // 0xbe is the newest entry; 0x0f 0x30 is the older one's name with another value.
  expect(told(`bf be 82 0f 30 ${string(" padded")} 0f 30 ${string("")}`)).toEqual([
    false,
    true,
    true,
    false,
    true,
  ]);
});
