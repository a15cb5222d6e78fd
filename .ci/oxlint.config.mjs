// Lint rules, and the import rules of .ci/rooms.mjs turned into no-restricted-imports.
import { builtinModules } from 'node:module';
import { packages, pureNodeModules, pureRooms, rooms } from './rooms.mjs';

const names = Object.keys(rooms);
const oneOf = (words) => `(${words.join('|')})`;

/** What a file of `room` may not import. */
function restrictionsFor(room) {
  const allowed = rooms[room];
  const closed = names.filter((name) => name !== room && !allowed.includes(name));
  const foreign = Object.keys(packages).filter((name) => !packages[name].includes(room));
  const patterns = [
    {
      regex: `^(\\.\\./)+${oneOf(closed)}/`,
      message: `${room} may only know ${['itself', ...allowed].join(', ')} (.ci/rooms.mjs).`,
    },
    {
      regex: `^${oneOf(foreign)}(/|$)`,
      message: `${room} may not touch this package (.ci/rooms.mjs).`,
    },
  ];
  if (allowed.length > 0) {
    // Not a regex: the linter's regexes know no look-ahead and are ignored, silently, when they use one.
    patterns.push({
      group: allowed.flatMap((name) => [`**/${name}/**`, `!**/${name}/index.ts`]),
      message: 'A room is entered by its index.ts.',
    });
  }
  if (pureRooms.includes(room)) {
    patterns.push({
      regex: `^(node:)?${oneOf(builtinModules.filter((name) => !pureNodeModules.includes(`node:${name}`)))}$`,
      message: `${room} is pure: it touches nothing outside the process.`,
    });
  }
  return patterns;
}

const pureGlobals = ['setTimeout', 'setInterval', 'setImmediate', 'process', 'fetch', 'performance'];

export default {
  plugins: ['typescript', 'import', 'unicorn', 'oxc'],
  categories: { correctness: 'error', suspicious: 'off' },
  ignorePatterns: ['dist/**', 'test/wrong-imports/**'],
  rules: {
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/no-explicit-any': 'error',
    'typescript/consistent-type-imports': 'error',
    'max-lines': ['error', { max: 400 }],
    'max-lines-per-function': ['error', { max: 70 }],
    'no-console': 'error',
    eqeqeq: 'error',
  },
  overrides: [
    ...names.map((room) => ({
      files: [`**/src/${room}/**/*.ts`],
      rules: { 'no-restricted-imports': ['error', { patterns: restrictionsFor(room) }] },
    })),
    ...pureRooms.map((room) => ({
      files: [`**/src/${room}/**/*.ts`],
      rules: {
        'no-restricted-globals': ['error', ...pureGlobals],
        'no-restricted-properties': [
          'error',
          { object: 'Date', property: 'now', message: 'Time is passed in.' },
          { object: 'Math', property: 'random', message: 'Randomness is passed in.' },
        ],
      },
    })),
    {
      files: ['**/test/**/*.ts', '**/bench/**/*.ts'],
      rules: { 'max-lines-per-function': 'off', 'max-lines': ['error', { max: 600 }], 'no-console': 'off' },
    },
  ],
};
