import fc from 'fast-check';
import { testSeed } from './test-seed.ts';

// A change is judged by the same cases wherever it is tested; other seeds look for what nobody has found yet.
fc.configureGlobal({ seed: testSeed });
