import { STATUS_CODES } from 'node:http';
import type { Operation, Parameter, Schema } from './operation.ts';
import { idParameter } from './operation.ts';
import { schemas } from './schemas.ts';

/** Failures that each route may have, and those of some. */
const failures = ['400', '401', '403', '429', '500', '503', '504'];

/** The OpenAPI document of the operations. */
export function documentOf(operations: readonly Operation[]): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const operation of operations) {
    const path = paths[operation.path] ?? {};
    path[operation.method.toLowerCase()] = pathItem(operation);
    paths[operation.path] = path;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Brine',
      version: '1',
      description: 'Events, decisions, reactions and dead letters. The routes of salt-api are beside it.',
    },
    security: [{ token: [] }, { bearer: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

function pathItem(operation: Operation): Schema {
  const { name, about, needs, body, path } = operation;
  const permission = needs === undefined ? '' : ` Needs the permission \`reactor.${needs}\`.`;
  const isWith = path.includes('{id}');
  return {
    operationId: name,
    description: about + permission,
    parameters: parametersOf(operation, isWith),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: {
      '200': success(operation),
      ...Object.fromEntries([...failures, ...(isWith ? ['404'] : [])].map((code) => [code, failure(code)])),
    },
  };
}

function parametersOf({ headers = {}, query = {} }: Operation, isWith: boolean): Schema[] {
  const list = (where: string, parameters: Readonly<Record<string, Parameter>>, required = false): Schema[] =>
    Object.entries(parameters).map(([name, { about, schema }]) => ({
      name,
      in: where,
      description: about,
      schema,
      ...(required ? { required } : {}),
    }));
  return [
    ...(isWith ? list('path', { id: idParameter }, true) : []),
    ...list('query', query),
    ...list('header', headers),
  ];
}

function success({ answer }: Operation): Schema {
  if (answer !== null) return { description: 'OK', content: { 'application/json': { schema: answer } } };
  return { description: 'A stream.', content: { 'text/event-stream': { schema: { type: 'string' } } } };
}

function failure(code: string): Schema {
  const schema = { $ref: '#/components/schemas/Problem' };
  return { description: STATUS_CODES[code] ?? 'Error', content: { 'application/problem+json': { schema } } };
}
