/** What a mark is in HTML and in a URL, and what it stands for. */
const MARKS: Readonly<Record<string, string>> = {
  '&nbsp;': ' ',
  '&#160;': ' ',
  '&thinsp;': ' ',
  '&ndash;': '-',
  '%20': ' ',
  '%2b': '+',
  '%28': '(',
  '%29': ')',
  '%2d': '-',
  '%2e': '.',
  '%3a': ':',
};

/** Marks, and what sets a part of a text apart and holds no digits itself. */
const MARKUP = new RegExp(
  `${Object.keys(MARKS).join('|')}|</?(?:b|i|u|em|strong|span|mark|small|code|a)(?:\\s[a-z-]+="[^"<>\\d]{0,80}"){0,3}>`,
  'gi',
);

/** It joins words, and nobody sees it. */
export const UNSEEN = '\ufeff';

/** Reads marks as what they stand for, and tags as nothing; every other place stays where it is. */
export function withoutMarkup(text: string): string {
  return text.replace(MARKUP, (found) =>
    (MARKS[found.toLowerCase()] ?? '').padEnd(found.length, UNSEEN),
  );
}
