import type { NumberWord, WordKind } from './number-word.js';

/** `siebenundzwanzig`, `dreihundertfünfundvierzig`, `fünftausend`. */
export function addGermanCompounds(words: Map<string, NumberWord>): void {
  const all = [...words].filter(([, { kind }]) => kind === 'unit' || kind === 'whole');
  const units = all.filter(([word, { value }]) => value > 0 && value < 10 && word !== 'eine');
  const tens = all.filter(([, { value }]) => value >= 20);
  const below = all.filter(([, { value }]) => value > 0);
  const add = (word: string, value: number, kind: WordKind = 'whole') => {
    below.push([word, { kind, value, isCommon: false }]);
    words.set(word, { kind, value, isCommon: false });
  };
  for (const [unit, { value }] of units) {
    if (unit === 'eins') continue;
    words.set(`${unit}tausend`, { kind: 'whole', value: value * 1000, isCommon: false });
    for (const [ten, { value: more }] of tens) add(`${unit}und${ten}`, value + more);
  }
  const rests = [...below];
  for (const [unit, { value }] of [...units, ['', { value: 1 }] as const]) {
    if (unit === 'eins') continue;
    add(`${unit}hundert`, value * 100, unit === '' ? 'hundred' : 'whole');
    for (const [rest, { value: more }] of rests) add(`${unit}hundert${rest}`, value * 100 + more);
  }
}

/** `ventisette`, `quarantotto`, `trecentoquarantacinque`. */
export function addItalianCompounds(words: Map<string, NumberWord>): void {
  const all = [...words];
  const below = all.filter(
    ([, { kind, value }]) => kind === 'unit' || (value >= 10 && value < 100),
  );
  const add = (word: string, value: number) => {
    words.set(word, { kind: 'whole', value, isCommon: false });
  };
  for (const [ten, { value }] of all.filter(([, { kind }]) => kind === 'ten')) {
    for (const [unit, { kind, value: more }] of all) {
      if (kind !== 'unit' || more === 0 || unit.length === 2 || unit === 'una') continue;
      const word = (more === 1 || more === 8 ? ten.slice(0, -1) : ten) + unit;
      add(word, value + more);
      below.push([word, { kind: 'whole', value: value + more, isCommon: false }]);
    }
  }
  for (const [hundreds, { value }] of all.filter(([, { kind }]) => kind === 'hundreds')) {
    for (const [rest, { value: more }] of below) if (more > 0) add(hundreds + rest, value + more);
  }
}
