/** What can go wrong between a worker and the broker. */
export type TroubleWith = 'server' | 'queue' | 'calls';

/** Says why something goes wrong; `undefined` when that is over. */
export type TellTrouble = (why: string | undefined) => void;

/** What goes wrong now, of which several may know at once. */
export interface Troubles {
  /** For one who may know: what it says is over when it says so itself. */
  source(what: TroubleWith): TellTrouble;
  /** Why, one sentence each. */
  now(): readonly string[];
}

/**
 * Collects what many sources say: hundreds of calls that meet the same trouble tell of it once.
 *
 * @param tell is told of each `what` when it begins, when it is another, and when it is over
 */
export function createTroubles(
  tell: (what: TroubleWith, why: string | undefined) => void,
): Troubles {
  const told = new Map<TroubleWith, string>();
  const sources = new Map<TroubleWith, Map<TellTrouble, string>>();

  const update = (what: TroubleWith, known: ReadonlyMap<TellTrouble, string>) => {
    const before = told.get(what);
    const whys = [...known.values()];
    if (before !== undefined && whys.includes(before)) return;
    const [why] = whys;
    if (why === before) return;
    if (why === undefined) told.delete(what);
    else told.set(what, why);
    tell(what, why);
  };

  return {
    source: (what) => {
      const known = sources.get(what) ?? new Map<TellTrouble, string>();
      sources.set(what, known);
      const source: TellTrouble = (why) => {
        if (known.get(source) === why) return;
        if (why === undefined) known.delete(source);
        else known.set(source, why);
        update(what, known);
      };
      return source;
    },
    now: () => [...told.values()],
  };
}
