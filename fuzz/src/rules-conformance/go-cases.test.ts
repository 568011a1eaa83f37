import { expect, test } from "vitest";
import { readExpectation } from "./expectation.js";
import { readCases } from "./go-cases.js";
import { bytesOf } from "./go-literal.js";

const SOURCE = String.raw`
package cases

// A comment with "quotes" and { braces }.
func textSuite() suites.Suite {
	return suites.Suite{
		"valid": {
			Message:  &cases.Text{Val: "a\"\n\u00e9\xff"},
			Expected: results.Success(true),
		},
		"invalid/key": {
			Message: &cases.Pairs{Val: map[string]*cases.Item{"x": {Left: -1 << 3, Tags: []string{}}}},
			Expected: results.Violations(
				&validate.Violation{
					Field:  results.FieldPath("val[\"x\"]"),
					RuleId: proto.String("string.len"),
					ForKey: proto.Bool(true),
				},
				&validate.Violation{Field: results.FieldPath("a"), RuleId: proto.String("required")}),
		},
		"refused": {
			Message:  &cases.Text{},
			Expected: results.CompilationError("mismatched types"),
		},
	}
}`;

test("cases are read from Go source", () => {
  const { cases, unreadable } = readCases("cases_text.go", SOURCE);
  expect(unreadable).toEqual([]);
  expect(cases.map(({ name }) => name)).toEqual(["text/valid", "text/invalid/key", "text/refused"]);
  expect(cases.map(({ expected }) => readExpectation(expected))).toEqual([
    { kind: "violations", lines: [] },
    { kind: "violations", lines: ["a required", 'val["x"] string.len key'] },
    { kind: "refused" },
  ]);
  expect(cases[1]?.message).toMatchObject({
    kind: "composite",
    type: "cases.Pairs",
    elements: [
      {
        key: { name: "Val" },
        value: {
          type: "map[string]cases.Item",
          elements: [
            {
              key: { text: "x" },
              value: {
                type: "",
                elements: [{ key: { name: "Left" } }, { value: { type: "[]string" } }],
              },
            },
          ],
        },
      },
    ],
  });
});

test("escapes for bytes are bytes, and those for characters are characters", () => {
  const [valid] = readCases("cases_text.go", SOURCE).cases;
  const literal = valid?.message as unknown as { elements: [{ value: { text: string } }] };
  expect([...bytesOf(literal.elements[0].value.text)]).toEqual([...Buffer.from('a"\né'), 0xff]);
});

test("a suite that cannot be read is told, and the ones after it are read", () => {
  const broken = `${SOURCE.replace("Success(true)", "Success(1 % 2)")}\n${SOURCE}`;
  const { cases, unreadable } = readCases("cases_text.go", broken);
  expect(unreadable).toEqual(['cases_text.go: unexpected "%"']);
  expect(cases).toHaveLength(3);
});
