// One-time codes and the limits on trying them (docs/security.md has the arithmetic).
import { z } from 'zod';
import { count, group, seconds, setting } from './setting.ts';

export const codes = group({
  lifeSeconds: setting(z.int().min(120).max(600).default(600), 'How long a code lives, from its first issue; never extended.'),
  renewBelowSeconds: seconds(180, 'With less life than this left, a resend makes a new code instead of sending the same one.'),
  doubleSubmitSeconds: seconds(30, 'How long a second right answer from the same browser (a double click) just goes on.'),
  triesPerChallenge: count(5, 'Wrong tries after which a challenge is dead, the right code too.'),
  triesPerAddressHour: count(
    10,
    'Wrong tries per address and lane within an hour, over all challenges; afterwards strangers get codes of ten digits.',
  ),
  triesPerAddressDay: count(
    20,
    'Wrong tries per address and lane within a day, over all challenges; afterwards strangers get codes of ten digits.',
  ),
  knownLaneFailures: count(100, 'Consecutive wrong tries in the known lane after which that lane ends for the address.'),
  strangerFailures: count(30, 'Wrong tries of strangers at an address after which their codes for it have ten digits instead of six.'),
  strangerFailureDays: count(180, 'How many days those wrong tries count, from the first of them.'),
  strangerChallengesPerAddress: count(3, 'Live challenges per address that strangers may hold; the oldest of them makes room.'),
});
