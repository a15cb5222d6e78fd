import type { FnTable } from '../function.ts';
import { filterNames } from '../names.ts';
import { combineFilters } from './combine.ts';
import { listFilters } from './list.ts';
import { nestedFilters } from './nested.ts';
import { networkFilters } from './network.ts';
import { numberFilters } from './number.ts';
import { outsideFilters } from './outside.ts';
import { queryFilters } from './query.ts';
import { selectFiltersOver } from './select.ts';
import { serialiseFilters } from './serialise.ts';
import { textFilters } from './text.ts';
import { timeFilters } from './time.ts';
import { urlizeFilters } from './urlize.ts';
import { valueFilters } from './value.ts';

/** Jinja's filters and Salt's. Salt's win where both have one of the name, as they do in Salt. */
export const filters: FnTable = new Map([
  ...valueFilters,
  ...textFilters,
  ...numberFilters,
  ...listFilters,
  ...selectFiltersOver(() => filters),
  ...serialiseFilters,
  ...timeFilters,
  ...networkFilters,
  ...nestedFilters,
  ...combineFilters,
  ...outsideFilters,
  ...queryFilters,
  ...urlizeFilters,
]);

for (const name of filters.keys()) filterNames().add(name);
