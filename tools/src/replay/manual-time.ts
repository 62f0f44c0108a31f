import { Subscription } from 'rxjs';

/** Time that passes when it is told to, and not by itself. */
export interface ManualTime {
  /** Milliseconds that have passed. */
  now(): number;
  /** Runs `work` once `delayMs` have passed, never at once. */
  schedule(work: () => void, delayMs: number): Subscription;
  /** As `schedule`, for what `runNext` shall not hasten: the end of a patience. */
  wait(work: () => void, delayMs: number): Subscription;
  /** Lets so many milliseconds pass, and runs what is due in them; a TypeError for what are none. */
  advance(ms: number): void;
  /** Lets time pass until scheduled work is due, and runs it; false where there is none. */
  runNext(): boolean;
  /** Whether work is due that has not run. */
  isDue(): boolean;
}

interface Task {
  readonly dueAt: number;
  readonly work: () => void;
  readonly isPatience: boolean;
}

/** Makes a clock that stands at 0. */
export function createManualTime(): ManualTime {
  let now = 0;
  /** By when they are due; of those due at once, the first that was scheduled comes first. */
  const tasks: Task[] = [];

  const add = (work: () => void, delayMs: number, isPatience: boolean) => {
    const task = { dueAt: now + delayMs, work, isPatience };
    const later = tasks.findIndex(({ dueAt }) => dueAt > task.dueAt);
    tasks.splice(later === -1 ? tasks.length : later, 0, task);
    return new Subscription(() => {
      const index = tasks.indexOf(task);
      if (index !== -1) tasks.splice(index, 1);
    });
  };
  const run = (task: Task) => {
    tasks.splice(tasks.indexOf(task), 1);
    now = Math.max(now, task.dueAt);
    task.work();
  };

  return {
    now: () => now,
    schedule: (work, delayMs) => add(work, delayMs, false),
    wait: (work, delayMs) => add(work, delayMs, true),
    advance(ms) {
      if (!(ms >= 0 && ms < Infinity)) {
        throw new TypeError(`advance takes milliseconds of at least 0, not ${ms}.`);
      }
      const until = now + ms;
      for (let task = tasks[0]; task !== undefined && task.dueAt <= until; task = tasks[0]) {
        run(task);
      }
      // What ran may have let more time pass.
      now = Math.max(now, until);
    },
    runNext() {
      const next = tasks.find(({ isPatience }) => !isPatience);
      if (next !== undefined) run(next);
      return next !== undefined;
    },
    isDue: () => tasks.some(({ dueAt, isPatience }) => dueAt <= now && !isPatience),
  };
}
