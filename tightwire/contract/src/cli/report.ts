import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Fault, formatFault } from "../fault.js";
import type { Arguments } from "./arguments.js";

/** Formats faults. GitHub shows those of its own form beside the lines of a change. */
export function formatFaults(faults: readonly Fault[], format: Arguments["format"]): string {
  switch (format) {
    case "json":
      return JSON.stringify(faults, undefined, 2);
    case "github-actions":
      return faults.map(formatAnnotation).join("\n");
    case "text":
      return faults.map((fault) => formatFault({ ...fault, file: locate(fault.file) })).join("\n");
  }
}

/** A workflow command. Source: GitHub Actions, "Setting an error message". */
function formatAnnotation({ file, line, column, subject, text }: Fault): string {
  const place = [
    `file=${escapeProperty(locate(file))}`,
    ...(line === undefined ? [] : [`line=${line}`]),
    ...(column === undefined ? [] : [`col=${column}`]),
  ];
  return `::error ${place.join(",")}::${escapeData(`${subject}: ${text}`)}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** The path of a contract from here: buf names it from its module on. */
function locate(file: string): string {
  if (existsSync(file)) return file;
  const found = modulePaths().find((path) => existsSync(join(path, file)));
  return found === undefined ? file : join(found, file);
}

/** The modules that the buf.yaml of this folder lists. */
function modulePaths(): string[] {
  if (!existsSync("buf.yaml")) return [];
  return [...readFileSync("buf.yaml", "utf8").matchAll(/^\s*-\s*path:\s*(\S+)/gm)].map(
    ([, path = ""]) => path,
  );
}
