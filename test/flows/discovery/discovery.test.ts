// Discovery tells the truth (OpenID Connect Discovery, 3; RFC 8414, 2): what it lists works, what works is listed. Whoever adds
// a member of the metadata adds its exercise.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exercises } from './exercises.ts';
import { type House, openHouse } from './house.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

test('every member of the metadata has an exercise, and there is none for what is not there', () => {
  expect(Object.keys(house.metadata).toSorted()).toEqual(Object.keys(exercises).toSorted());
});

test.each(Object.entries(exercises))(
  '%s is the truth',
  async (name, exercise) => {
    expect(await exercise(house, house.metadata[name] as never)).toEqual(house.metadata[name]);
  },
  60_000,
);
