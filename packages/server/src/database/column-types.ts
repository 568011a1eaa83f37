import pg from "pg";

const INT8 = 20;
const DATE = 1082;

/**
 * How columns become values, on both engines: `bigint` as bigint, `date` as text (`1998-06-12`; a
 * JavaScript Date would add a time zone), the rest as pg does it. It applies to one pool and leaves
 * pg's global settings alone.
 */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser(id, format) {
    if (id === INT8) return BigInt;
    if (id === DATE) return String;
    return format === undefined
      ? pg.types.getTypeParser(id)
      : pg.types.getTypeParser(id, format as "text");
  },
};
