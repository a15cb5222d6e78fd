import { eventRoutes } from '../events/index.ts';
import { namedHooks } from '../hooks/index.ts';
import { operations } from '../operations/index.ts';
import { saltApi } from '../salt-api/index.ts';
import { ownApi } from '../v1/index.ts';
import type { RouteGroup } from './route-group.ts';

/** Every group of routes of the API. */
export const routeGroups: readonly RouteGroup[] = [saltApi, eventRoutes, namedHooks, ownApi, operations];
