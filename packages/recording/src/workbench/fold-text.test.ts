import { expect, it } from 'vitest';

import { foldText } from './fold-text.js';

it.each([
  ['Hello, World!', 'hello world'],
  ["It's 2 p.m.", 'it s 2 p m'],
  ['Crème brûlée', 'creme brulee'],
  ['CRE\u0300ME', 'creme'],
  ['Straße, Ærø, Łódź, İstanbul, ΟΔΟΣ', 'strasse aero lodz istanbul οδοσ'],
  ['ﬁnance ＡＢＣ ②', 'finance abc 2'],
  ['в Новой Йорке', 'в новои иорке'],
  // Voiced sounds and syllables are no accents.
  ['がぎ 각', 'がぎ 각'],
  ['お届け 物です。', 'お届け物です'],
  ['ﻡُﺤَﻤَّﺩ', 'محمد'],
  ['co\u00adop', 'coop'],
  ['…—!', ''],
])('folds %s', (text, folded) => {
  expect(foldText(text)).toBe(folded);
});

it('folds what is folded to itself', () => {
  for (const text of ['Straße 2', 'がぎ', 'Crème']) {
    expect(foldText(foldText(text))).toBe(foldText(text));
  }
});
