// Prints how many tests passed, failed and were skipped, from Jest's JSON; fails when something failed or nothing ran.
import { existsSync, readFileSync } from 'node:fs';

const file = process.argv[2];
const result = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
const { numPassedTests: passed = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0, numRuntimeErrorTestSuites = 0 } = result;

// A test file that could not even be loaded counts as one failure.
const failed = numFailedTests + numRuntimeErrorTestSuites;
process.stdout.write(`${passed} passed, ${failed} failed, ${numPendingTests + numTodoTests} skipped\n`);
if (failed > 0 || passed === 0) process.exitCode = 1;
