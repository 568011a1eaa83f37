import type { Timestamp } from "@tightwire/core/gen/google/protobuf/timestamp.js";

/** Prints a command's responses: a table for people, or JSON for programs. */
export interface Output {
  /** Prints one response: as JSON all of `value`, else the rows. */
  print(value: unknown, rows: readonly Row[]): void;
  /** Prints one message of a stream: a line of JSON, else the cells. */
  printLine(value: unknown, cells: readonly string[]): void;
  /** Prints a remark; nothing when the output is JSON. */
  note(text: string): void;
}

/** A line of a table, by column. */
export type Row = Readonly<Record<string, string>>;

/** An output on `write`, which gets whole lines without line breaks. */
export function createOutput(json: boolean, write: (line: string) => void): Output {
  return {
    print(value, rows) {
      if (json) write(toJson(value, 2));
      else for (const line of formatTable(rows)) write(line);
    },
    printLine: (value, cells) => write(json ? toJson(value, 0) : cells.join("  ")),
    note(text) {
      if (!json) write(text);
    },
  };
}

/** Columns as wide as their widest cell, under their names in upper case. */
export function formatTable(rows: readonly Row[]): string[] {
  const columns = Object.keys(rows[0] ?? {});
  const lines = [
    Object.fromEntries(columns.map((column) => [column, column.toUpperCase()])),
    ...rows,
  ];
  const widths = columns.map((column) =>
    Math.max(...lines.map((line) => (line[column] ?? "").length)),
  );
  return columns.length === 0
    ? []
    : lines.map((line) =>
        columns
          .map((column, i) => (line[column] ?? "").padEnd(widths[i] ?? 0))
          .join("  ")
          .trimEnd(),
      );
}

/** Cents as `$12.99`. */
export function formatCents(cents: bigint): string {
  return `$${cents / 100n}.${String(cents % 100n).padStart(2, "0")}`;
}

/** A time as `2026-11-22T10:00:00.000Z`; empty for undefined. */
export function formatTime(time: Timestamp | undefined): string {
  return time === undefined
    ? ""
    : new Date(Number(time.seconds) * 1_000 + time.nanos / 1e6).toISOString();
}

function toJson(value: unknown, indent: number): string {
  return JSON.stringify(value, toJsonValue, indent);
}

function toJsonValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "object" && value !== null && "seconds" in value && "nanos" in value)
    return formatTime(value as Timestamp);
  return value;
}
