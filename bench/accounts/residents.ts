// Who comes back: people who were there before, at random, each once until all had their turn (nobody asks for a second code within
// seconds; the program would make them wait).
import type { Residents } from '../site.ts';
import { emailOf, inventIds } from './names.ts';
import type { Template } from './template.ts';

/** A prime above any number of people here: steps of it visit each once. */
const stride = 2_147_483_647;

export function createResidents({ keys, names }: Template, people: number): Residents {
  const start = Math.floor(Math.random() * people);
  const nth = (turn: number) => (start + (turn % people) * (stride % people)) % people;
  let [emails, sessions] = [0, 0];

  return {
    drawEmail: () => (emails < people ? emailOf(nth((emails += 1))) : undefined),
    drawSession() {
      const cookie = `session=${inventIds(nth((sessions += 1)), names).session}`;
      return [`${cookie}; path=/`, `session.sig=${keys.cookies.sign(cookie)}; path=/`];
    },
  };
}
