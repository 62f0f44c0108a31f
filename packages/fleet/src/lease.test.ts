import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { createLease } from './lease.js';
import { now } from './moment.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('is over when ack_wait has passed since the job was asked for', () => {
  const lease = createLease(5_000, now());
  vi.advanceTimersByTime(4_999);
  expect(lease.isValid()).toBe(true);
  vi.advanceTimersByTime(1);
  expect(lease.isValid()).toBe(false);
});

it('counts a renewal from when it was sent, and not from when it was heard', () => {
  const lease = createLease(5_000, now());
  vi.advanceTimersByTime(3_000);
  const sentAt = now();
  vi.advanceTimersByTime(4_000);
  lease.extend(sentAt);
  expect(lease.isValid()).toBe(true);
  vi.advanceTimersByTime(1_000);
  expect(lease.isValid()).toBe(false);
});

it('is over after a sleep that the monotonic clock has slept through, too', () => {
  const lease = createLease(5_000, now());
  // As a laptop wakes up: `performance` stood still, and the wall clock did not.
  vi.setSystemTime(Date.now() + 60_000);
  expect(lease.isValid()).toBe(false);
});

it('is over at once when it is in doubt', () => {
  const lease = createLease(5_000, now());
  lease.lapse();
  expect(lease.isValid()).toBe(false);
  lease.extend(now());
  expect(lease.isValid()).toBe(true);
});
