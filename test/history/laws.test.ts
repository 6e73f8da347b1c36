// The checker has teeth: each law is broken by a history written by hand, and kept by one that looks much like it.
import { describe, expect, test } from '@jest/globals';
import { findAnomalies } from './laws.ts';
import type { Deed, Operation, Outcome } from './operation.ts';

const rules = { doubleSubmitMs: 1000, retryMs: 10_000, codeLifeMs: 60_000 };

type Seen = [invoked: number, answered: number, deed: Deed, outcome?: Outcome];

const at = (...[invoked, answered, deed, outcome = 'ok']: Seen): Operation => ({ ...deed, outcome, invoked, answered });
const lawsOf = (...history: Operation[]) => [...new Set(findAnomalies(history, rules).map(({ law }) => law))];

const verify = (code = 'm1'): Deed => ({ kind: 'verify', person: 'ann', code });
const link = (person: string): Deed => ({ kind: 'link', person, number: '+1' });
const authorize = (code?: string): Deed => ({ kind: 'authorize', person: 'ann', session: 's', code });
const redeem = (code = 'c', more: { person?: string; sub?: string; token?: string } = {}): Deed => ({
  kind: 'redeem',
  session: 's',
  code,
  person: 'ann',
  ...more,
});
const rotate = (token: string, child?: string): Deed => ({ kind: 'rotate', session: 's', family: 'c', token, child });
const use = (bound = false): Deed => ({ kind: 'use', session: 's', family: 'c', bound });
const revoke: Deed = { kind: 'revoke', session: 's', family: 'c' };
const signOut: Deed = { kind: 'sign-out', session: 's' };
const consent = (phone: boolean): Deed => ({ kind: 'consent', person: 'ann', shares: { email: true, phone } });
const claims = (phone: boolean, person = 'ann'): Deed => ({
  kind: 'claims',
  person,
  shares: { email: true, phone },
  ...(phone && { number: '+1' }),
});
const begun = at(0, 1, authorize('c'));

describe('a one-time code', () => {
  test('that is accepted again after the double click’s time', () => {
    expect(lawsOf(at(0, 10, verify()), at(1011, 1020, verify()))).toEqual(['one-time code used twice']);
  });
  test('may be clicked twice', () => {
    expect(lawsOf(at(0, 10, verify()), at(5, 20, verify()), at(1009, 1500, verify()))).toEqual([]);
  });
  test('whose answer was lost may be typed again, and is one success', () => {
    expect(lawsOf(at(0, 10, verify(), 'unknown'), at(5000, 5010, verify()), at(9000, 9010, verify('m2')))).toEqual([]);
  });
});

describe('an authorization code', () => {
  test('that is redeemed twice', () => {
    expect(lawsOf(begun, at(2, 9, redeem()), at(3, 9, redeem()))).toEqual(['authorization code used twice']);
  });
  test('may be refused to the second', () => {
    expect(lawsOf(begun, at(2, 9, redeem()), at(3, 9, redeem(), 'refused'))).toEqual([]);
  });
  test('that is refused to the first', () => {
    expect(lawsOf(begun, at(2, 9, redeem(), 'refused'))).toEqual(['authorization code lost']);
  });
  test('may be refused where the first answer was lost, where its grant was revoked, or when it is too old', () => {
    expect(lawsOf(begun, at(2, 5, redeem(), 'unknown'), at(6, 9, redeem(), 'refused'))).toEqual([]);
    expect(lawsOf(begun, at(1, 5, { ...revoke, family: 'other' }), at(6, 9, redeem(), 'refused'))).toEqual([]);
    expect(lawsOf(begun, at(60_000, 60_001, redeem(), 'refused'))).toEqual([]);
  });
  test('is not excused by a revocation from before it', () => {
    const other: Deed = { ...revoke, family: 'other' };
    expect(lawsOf(at(0, 1, other), at(2, 3, authorize('c')), at(4, 5, redeem(), 'refused'))).toEqual(['authorization code lost']);
  });
});

describe('a refresh token', () => {
  test('with two children', () => {
    expect(lawsOf(at(0, 9, rotate('t', 'a')), at(0, 9, rotate('t', 'b')))).toEqual(['refresh token with two children']);
  });
  test('may be retried, and has the same child', () => {
    expect(lawsOf(at(0, 9, rotate('t', 'a')), at(10_000, 10_009, rotate('t', 'a')))).toEqual([]);
  });
  test('that is accepted after the grace', () => {
    expect(lawsOf(at(0, 9, rotate('t', 'a')), at(10_010, 10_019, rotate('t', 'a')))).toEqual(['refresh token used again after its child']);
  });
  test('that is accepted after its child was used', () => {
    const history = [at(0, 9, rotate('t', 'a')), at(20, 29, rotate('a', 'b')), at(30, 39, rotate('t', 'a'))];
    expect(lawsOf(...history)).toEqual(['refresh token used again after its child']);
  });
  test('may be refused then, and all of its family afterwards', () => {
    const history = [at(0, 9, rotate('t', 'a')), at(20, 29, rotate('a', 'b')), at(30, 39, rotate('t'), 'refused')];
    expect(lawsOf(...history, at(40, 49, rotate('b'), 'refused'), at(40, 49, use(), 'refused'))).toEqual([]);
  });
  test('that is refused for nothing', () => {
    expect(lawsOf(begun, at(2, 9, rotate('t'), 'refused'))).toEqual(['token lost']);
    expect(lawsOf(begun, at(2, 9, rotate('t', 'a')), at(20, 29, rotate('a'), 'refused'))).toEqual(['token lost']);
  });
  test('that is refused within the grace, while its child is unused', () => {
    expect(lawsOf(begun, at(2, 9, rotate('t', 'a')), at(20, 29, rotate('t'), 'refused'))).toEqual(['token lost']);
  });
  test('may be refused where a lost revocation may have come through', () => {
    expect(lawsOf(begun, at(2, 9, revoke, 'unknown'), at(20, 29, rotate('t'), 'refused'))).toEqual([]);
  });
});

describe('what was revoked', () => {
  test.each([
    ['used', use()],
    ['refreshed', rotate('t', 'a')],
    ['redeemed', redeem()],
  ])('and is %s', (_, deed) => {
    expect(lawsOf(begun, at(2, 9, revoke), at(10, 19, deed))).toEqual(['active after a revocation']);
  });
  test('may be used by who asked before the acknowledgement, and where there was none', () => {
    expect(lawsOf(begun, at(2, 9, revoke), at(8, 19, use()))).toEqual([]);
    expect(lawsOf(begun, at(2, 9, revoke, 'unknown'), at(20, 29, use()))).toEqual([]);
  });
});

describe('a session', () => {
  test('that answers after a sign-out', () => {
    expect(lawsOf(at(2, 9, signOut), at(10, 19, authorize('c')))).toEqual(['active after a sign-out']);
    expect(lawsOf(begun, at(2, 9, signOut), at(10, 19, use(true)))).toEqual(['active after a sign-out']);
  });
  test('may leave tokens that outlive it', () => {
    expect(lawsOf(begun, at(2, 9, signOut), at(10, 19, use()), at(10, 19, authorize(), 'refused'))).toEqual([]);
  });
  test('that is forgotten', () => {
    expect(lawsOf(begun, at(10, 19, authorize(), 'refused'))).toEqual(['session lost']);
  });
});

describe('a number', () => {
  test('that two people have', () => {
    expect(lawsOf(at(0, 9, link('ann')), at(0, 9, link('bob')))).toEqual(['number with two owners']);
    expect(lawsOf(at(0, 9, link('ann')), at(20, 29, claims(true, 'bob')))).toEqual(['number with two owners']);
  });
  test('that the other one was refused', () => {
    expect(lawsOf(at(0, 9, link('ann')), at(0, 9, link('bob'), 'refused'), at(20, 29, claims(true)))).toEqual([]);
  });
});

describe('an account', () => {
  test('that two people are', () => {
    const history = [at(0, 9, redeem('c', { sub: 'x' })), at(0, 9, redeem('d', { sub: 'x', person: 'bob' }))];
    expect(lawsOf(...history)).toEqual(['account with two owners']);
  });
  test('that is another one at the next sign-in', () => {
    expect(lawsOf(at(0, 9, redeem('c', { sub: 'x' })), at(10, 19, redeem('d', { sub: 'y' })))).toEqual(['account lost']);
  });
});

describe('a consent', () => {
  test('that is forgotten', () => {
    expect(lawsOf(at(0, 9, consent(true)), at(10, 19, claims(false)))).toEqual(['change lost']);
  });
  test('that is what it was before', () => {
    expect(lawsOf(at(0, 9, consent(true)), at(10, 19, consent(false)), at(20, 29, claims(true)))).toEqual(['change lost']);
  });
  test('may be either one while it is changed, and when the answer was lost', () => {
    const before = at(0, 9, consent(true));
    expect(lawsOf(before, at(10, 19, consent(false)), at(15, 18, claims(true)), at(15, 18, claims(false)))).toEqual([]);
    expect(lawsOf(before, at(10, 19, consent(false), 'unknown'), at(30, 39, claims(true)), at(50, 59, claims(false)))).toEqual([]);
  });
});
