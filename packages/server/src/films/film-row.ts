/**
 * A row of `data/movies.json` of the vega-datasets package, by its column names. The values
 * are not checked yet.
 */
export type FilmRow = Readonly<Record<string, unknown>>;

/** A fault in a value of a row. */
export interface FilmFault {
  /** The row, counted from 1. */
  readonly row: number;
  /** The column. */
  readonly field: string;
  /** The fault, in a sentence that quotes the value. */
  readonly reason: string;
}

/** Collects the faults of one row while its columns are read. */
export interface FilmReader {
  readonly faults: FilmFault[];
  fault(field: string, reason: string): void;
  /** Reads a text column: null is "", anything but text is a fault. */
  text(field: string): string;
  /** Reads whole numbers from `least` to `most`: null is undefined, anything else is a fault. */
  whole(field: string, least: number, most: number): number | undefined;
  /** Reads numbers from `least` to `most`: null is undefined, anything else is a fault. */
  number(field: string, least: number, most: number): number | undefined;
}

/** A reader of one row. */
export function createFilmReader(row: number, columns: FilmRow): FilmReader {
  const faults: FilmFault[] = [];
  const fault = (field: string, reason: string) => {
    faults.push({ row, field, reason });
  };
  const number = (field: string, least: number, most: number) => {
    const value = columns[field] ?? undefined;
    if (value === undefined || (typeof value === "number" && value >= least && value <= most))
      return value;
    fault(field, `${JSON.stringify(value)} is not a number from ${least} to ${most}`);
    return undefined;
  };
  return {
    faults,
    fault,
    number,
    text(field) {
      const value = columns[field] ?? "";
      if (typeof value === "string") return value;
      fault(field, `${JSON.stringify(value)} is not text`);
      return "";
    },
    whole(field, least, most) {
      const value = number(field, least, most);
      if (value === undefined || Number.isSafeInteger(value)) return value;
      fault(field, `${value} is not a whole number`);
      return undefined;
    },
  };
}
