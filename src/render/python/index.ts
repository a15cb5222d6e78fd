export * from './equality.ts';
export * from './fnmatch.ts';
export * from './keys.ts';
export * from './order.ts';
export * from './print.ts';
export * from './types.ts';
