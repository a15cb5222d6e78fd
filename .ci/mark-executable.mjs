// tsc writes plain files; the command of package.json's "bin" must be executable.
import { chmodSync, existsSync } from 'node:fs';

if (existsSync('dist/cli/main.js')) chmodSync('dist/cli/main.js', 0o755);
