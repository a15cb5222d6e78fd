// What this room uses of the package, which ships no types.

declare module 'jmespath' {
  const jmespath: { search(data: unknown, expression: string): unknown };
  export default jmespath;
}
