// Telling apps that somebody has signed out (OpenID Connect Back-Channel Logout 1.0).
import { z } from 'zod';
import { group, seconds, setting } from './setting.ts';

export const backChannelLogout = group({
  allowedAddresses: setting(
    z.array(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()], 'must be an IP address or a CIDR range')).default([]),
    'Loopback, private and other special addresses (IPs or CIDR ranges) at which apps may be told; only there also over plain http. Public addresses need no entry.',
  ),
  timeoutSeconds: seconds(5, 'How long an app may take to answer.'),
  firstRetrySeconds: seconds(5, 'The first pause after an app could not be told; each further one is four times as long.'),
  longestRetrySeconds: seconds(3600, 'The longest pause.'),
  giveUpSeconds: seconds(86_400, 'How long it is tried.'),
  pollSeconds: seconds(5, 'How often a node looks for apps that are still to be told.'),
});
