/** The names of all filters, filled by the table of filters so that the tests' table need not import it. */
const known = new Set<string>();

export function filterNames(): Set<string> {
  return known;
}
