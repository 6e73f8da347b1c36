// What must have ended: whatever was asked for after a revocation or a sign-out was acknowledged finds nothing active.
import type { Anomaly } from './laws.ts';
import { groupBy, type Of, ofKind, type Operation, surelyPrecedes } from './operation.ts';

type Activity = Of<'use'> | Of<'rotate'> | Of<'redeem'> | Of<'authorize'>;

function firstEnd<T extends Of<'revoke'> | Of<'sign-out'>>(ends: readonly T[] = []): T | undefined {
  return ends.filter(({ outcome }) => outcome === 'ok').toSorted((a, b) => a.answered - b.answered)[0];
}

function revocations(history: readonly Operation[]): Anomaly[] {
  const ends = groupBy(ofKind(history, 'revoke'), ({ family }) => family);
  const activities: { family: string; activity: Activity }[] = [
    ...[...ofKind(history, 'use'), ...ofKind(history, 'rotate')].map((activity) => ({ family: activity.family, activity })),
    ...ofKind(history, 'redeem').map((activity) => ({ family: activity.code, activity })),
  ];
  return activities.flatMap(({ family, activity }) => {
    const end = firstEnd(ends.get(family));
    if (!end || activity.outcome !== 'ok' || !surelyPrecedes(end, activity)) return [];
    const words = `${activity.kind} of ${family} ${activity.invoked - end.answered} ms after its revocation`;
    return [{ law: 'active after a revocation' as const, words, operations: [end, activity] }];
  });
}

function signOuts(history: readonly Operation[]): Anomaly[] {
  const ends = groupBy(ofKind(history, 'sign-out'), ({ session }) => session);
  const activities: Activity[] = [...ofKind(history, 'authorize'), ...ofKind(history, 'use').filter(({ bound }) => bound)];
  return activities.flatMap((activity) => {
    const end = firstEnd(ends.get(activity.session));
    if (!end || activity.outcome !== 'ok' || !surelyPrecedes(end, activity)) return [];
    const words = `${activity.kind} in ${activity.session} ${activity.invoked - end.answered} ms after its end`;
    return [{ law: 'active after a sign-out' as const, words, operations: [end, activity] }];
  });
}

export function findEndAnomalies(history: readonly Operation[]): Anomaly[] {
  return [...revocations(history), ...signOuts(history)];
}
