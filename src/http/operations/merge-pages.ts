const heading = /^# (?:HELP|TYPE) ([A-Za-z_:][A-Za-z0-9_:]*) /;
const sample = /^[A-Za-z_:][A-Za-z0-9_:]*(?:\{.*\})? [^ ]+$/;

/**
 * One page of Prometheus' text form out of several: it wants all samples of a metric together, below one heading.
 * Lines that are neither are left out.
 */
export function mergePages(pages: readonly string[]): string {
  const metrics = new Map<string, { readonly headings: Set<string>; readonly samples: string[] }>();
  for (const page of pages) {
    let name = '';
    let isRepeated = false;
    for (const line of page.split('\n')) {
      const named = heading.exec(line)?.[1];
      if (named !== undefined) {
        const before = metrics.get(named);
        if (named !== name) isRepeated = before !== undefined;
        name = named;
        const metric = before ?? { headings: new Set(), samples: [] };
        if (!isRepeated) metric.headings.add(line);
        metrics.set(named, metric);
      } else if (sample.test(line)) metrics.get(name)?.samples.push(line);
    }
  }
  return [...metrics.values()]
    .map(({ headings, samples }) => [...headings, ...samples, ''].join('\n'))
    .join('\n');
}
