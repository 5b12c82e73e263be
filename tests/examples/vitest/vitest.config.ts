import {defineConfig} from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: './setup.ts',
    // The SDK keeps its client in the process: a process a file.
    pool: 'forks',
  },
});
