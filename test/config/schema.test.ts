import { expect, test } from '@jest/globals';
import { schema } from '../../src/config/schema/index.ts';

test('every setting outside the secrets has a default or may be absent', () => {
  expect(schema.parse({}).server.port).toBe(3000);
});
