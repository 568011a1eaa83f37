import { expect, test } from "vitest";
import { createMatrix } from "./matrix.js";

test("cells are told in the order in which they were run, with what is known to fail, then what was left out", () => {
  const matrix = createMatrix();
  matrix.leftOut("Ruby", "it is not installed");
  matrix.passed("wire at grpc-js", "empty_unary");
  matrix.passed("wire at grpc-js", "server_compressed_unary", "it cannot");
  matrix.passed("wire at grpc-js", "server_compressed_streaming", "it cannot");
  matrix.passed("wire at wire", "empty_unary");
  expect(matrix.lines()).toEqual([
    "wire at grpc-js: 1 passed",
    "    known failures: server_compressed_unary, server_compressed_streaming: it cannot",
    "wire at wire: 1 passed",
    "Ruby: left out, since it is not installed",
  ]);
});
