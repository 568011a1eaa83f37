import type { CalendarDate } from "@shop/contracts/catalog";

/** The last year that the data set can know: it was collected in 2010. */
export const LAST_KNOWN_YEAR = 2010;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * Reads the only form of a day in the source, `Jun 12 1998`. Undefined for another form, or for a
 * day that the calendar does not have.
 */
export function parseReleaseDate(text: string): CalendarDate | undefined {
  const [, name = "", dayText, yearText] = /^([A-Z][a-z]{2}) (\d{2}) (\d{4})$/.exec(text) ?? [];
  const [year, month, day] = [Number(yearText), MONTHS.indexOf(name) + 1, Number(dayText)];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (month === 0 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
    return undefined;
  return { year, month, day };
}
