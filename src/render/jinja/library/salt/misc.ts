import { PyTuple, type Value } from '../../../../core/index.ts';
import { isTrue, pure, str } from '../../run/convert.ts';
import { TemplateText } from '../../run/values.ts';
import { type Call, type Fn, type FnTable, fn, rawFn, table } from '../function.ts';

/** A line for the log: kept with the decision. True, as Salt answers. */
function logger(level: string): Fn {
  return fn('message', (call) => {
    call.rt.note('TEMPLATE_LOG', `${level}: ${call.str(0).slice(0, 500)}`);
    return true;
  });
}

function baseName(call: Call): string {
  const path = call.str(0);
  return path.slice(path.lastIndexOf('/') + 1);
}

function folderName(call: Call): string {
  const path = call.str(0);
  const head = path.slice(0, path.lastIndexOf('/') + 1);
  return /^\/*$/.test(head) ? head : head.replace(/\/+$/, '');
}

/** Python's `os.path.join`: an absolute part starts anew. */
function joined(call: Call): string {
  return call.rest
    .map((part) => str(call.rt, part))
    .reduce((path, part) => {
      if (part.startsWith('/') || path === '') return part;
      return path.endsWith('/') ? path + part : `${path}/${part}`;
    }, '');
}

export const miscFunctions: FnTable = table({
  'file.basename': fn('path', baseName),
  'file.dirname': fn('path', folderName),
  'file.join': fn('*', joined),
  'log.critical': logger('critical'),
  'log.debug': logger('debug'),
  'log.error': logger('error'),
  'log.exception': logger('error'),
  'log.info': logger('info'),
  'log.trace': logger('trace'),
  'log.warning': logger('warning'),
  'slsutil.boolstr': rawFn('value true? false?', (call) =>
    isTrue(call.rt, call.value(0))
      ? call.value(1, new TemplateText(['true']))
      : call.value(2, new TemplateText(['false'])),
  ),
  'test.arg': fn('* **', (call) => {
    const args = call.rest.map((value) => pure(call.rt, value));
    const kwargs: [Value, Value][] = [...call.extra].map(([key, value]) => [key, pure(call.rt, value)]);
    return new Map<Value, Value>([
      ['args', new PyTuple(args)],
      ['kwargs', new Map(kwargs)],
    ]);
  }),
  'test.echo': rawFn('text', (call) => call.value(0)),
  'test.false': fn('', () => false),
  'test.kwarg': fn(
    '**',
    (call) => new Map([...call.extra].map(([key, value]) => [key, pure(call.rt, value)])),
  ),
  'test.ping': fn('', () => true),
  'test.true': fn('', () => true),
});
