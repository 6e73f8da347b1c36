// Jest runs it after the last test.
export { stop as default } from './servers.ts';
