import type { Timestamp } from "@tightwire/core/gen/google/protobuf/timestamp.js";

/** Where a command's answers go: a table for people, or JSON for programs. */
export interface Output {
  /** Prints one answer: as JSON all of `value`, else the rows. */
  print(value: unknown, rows: readonly Row[]): void;
  /** Prints one message of a stream: as JSON a line, else the cells. */
  printLine(value: unknown, cells: readonly string[]): void;
  /** Prints a remark; not as JSON. */
  note(text: string): void;
}

/** A line of a table, by column. */
export type Row = Readonly<Record<string, string>>;

/** An output on `write`, which gets whole lines without their end. */
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

/** A moment as `2026-11-22T10:00:00.000Z`; empty when there is none. */
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
