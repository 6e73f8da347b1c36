// Signing in for another device (RFC 8628).
import { count, group, seconds } from './setting.ts';

export const deviceFlow = group({
  codeSeconds: seconds(600, 'How long the codes of a device live.'),
  pollSeconds: seconds(5, 'How long a device waits between two questions; one that asks sooner hears `slow_down`.'),
  triesPerAccountHour: count(10, 'Wrong user codes within an hour of somebody who is signed in.'),
  strangerTriesPerHour: count(
    1000,
    'Wrong user codes within an hour of everybody who is not signed in, together. With 10,000 codes alive, so many guesses find one with a probability of 0.04 %.',
  ),
});
