import { expect, it } from 'vitest';

import { createTroubles } from './troubles.js';

const make = () => {
  const told: string[] = [];
  const troubles = createTroubles((what, why) => told.push(`${what}: ${why ?? 'over'}`));
  return { told, troubles };
};

it('tells once of what several sources meet, and that it is over when it is for all', () => {
  const { told, troubles } = make();
  const [one, two] = [troubles.source('calls'), troubles.source('calls')];
  one('full');
  two('full');
  one('full');
  expect(troubles.now()).toEqual(['full']);
  one(undefined);
  one(undefined);
  expect(told).toEqual(['calls: full']);
  two(undefined);
  expect(told).toEqual(['calls: full', 'calls: over']);
  expect(troubles.now()).toEqual([]);
});

it('tells of another trouble when the first one is over', () => {
  const { told, troubles } = make();
  const [one, two] = [troubles.source('calls'), troubles.source('calls')];
  one('full');
  two('silent');
  one(undefined);
  expect(told).toEqual(['calls: full', 'calls: silent']);
});

it('keeps troubles with different things apart', () => {
  const { told, troubles } = make();
  const [queue, calls] = [troubles.source('queue'), troubles.source('calls')];
  queue('silent');
  calls('full');
  queue('away');
  queue(undefined);
  expect(told).toEqual(['queue: silent', 'calls: full', 'queue: away', 'queue: over']);
  expect(troubles.now()).toEqual(['full']);
});

it('says nothing of what was never told', () => {
  const { told, troubles } = make();
  troubles.source('server')(undefined);
  expect(told).toEqual([]);
});
