// Jest runs it before the first test.
export { start as default } from './servers.ts';
