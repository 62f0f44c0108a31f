/** What a word is in a number that is dictated. */
export type WordKind =
  /** One digit. */
  | 'unit'
  /** Two digits or three that nothing is added to: `seventeen`, `siebenundzwanzig`. */
  | 'whole'
  /** A ten that a unit may be added to: `twenty`, `vingt`. */
  | 'ten'
  /** A ten that goes on to nineteen: `soixante`. */
  | 'score'
  /** `hundred`, which what stands before it is multiplied by. */
  | 'hundred'
  /** Hundreds that a rest may be added to: `seiscientos`. */
  | 'hundreds'
  /** What comes next is said once and meant so often: `double`. */
  | 'times'
  /** Joins a ten and its unit: `treinta y cinco`. */
  | 'and'
  | 'plus'
  /** Said between digits, and none of them. */
  | 'filler'
  /** Takes back what stands before it: `sorry`. */
  | 'correction'
  /** It is no number's in that language. */
  | 'other';

/** What a word means in one language. */
export interface NumberWord {
  readonly kind: WordKind;
  readonly value: number;
  /** It is an ordinary word as well, and tells nothing of the language: `um`, `o`, `once`. */
  readonly isCommon: boolean;
}

/** The languages that numbers are understood in, by their ISO 639 codes. */
export const LANGUAGES = ['en', 'es', 'de', 'fr', 'pt', 'it'] as const;

/** A kind, the words in the order of their values, those that mean the same divided by a bar. */
type Row = readonly [kind: WordKind, words: string, from?: number, step?: number];

const ROWS: Readonly<Record<(typeof LANGUAGES)[number], readonly Row[]>> = {
  en: [
    [
      'unit',
      'zero|oh|*o|nought|naught|aught one two three four five|fife six seven eight nine|niner',
    ],
    [
      'whole',
      'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
      10,
    ],
    ['ten', 'twenty thirty forty|fourty fifty sixty seventy eighty ninety', 20, 10],
    ['hundred', 'hundred', 100],
    ['hundred', 'thousand', 1000],
    ['and', '*and'],
    ['times', 'double|dbl triple|treble quadruple', 2],
    ['plus', '*plus'],
    [
      'filler',
      '*uh|*um|*uhm|*er|*erm|*ah|*eh|*hmm|*hm|*mm|*ok|*okay|*yeah|*yes|*so|*like|*well|*then|*right|*now|*dash|*hyphen|*slash|*comma|*space|*pause|*digit|*digits',
    ],
    ['correction', '*sorry|*no|*wait|*actually|*correction|*oops|*rather'],
  ],
  es: [
    ['unit', 'cero uno|*un|una dos tres cuatro cinco seis siete ocho nueve'],
    [
      'whole',
      'diez *once doce trece catorce quince dieciséis|dieciseis diecisiete dieciocho diecinueve veinte veintiuno|veintiún|veintiun|veintiuna veintidós|veintidos veintitrés|veintitres veinticuatro veinticinco veintiséis|veintiseis veintisiete veintiocho veintinueve',
      10,
    ],
    ['ten', 'treinta cuarenta cincuenta sesenta setenta ochenta noventa', 30, 10],
    [
      'hundreds',
      'cien|ciento doscientos|doscientas trescientos|trescientas cuatrocientos|cuatrocientas quinientos|quinientas seiscientos|seiscientas setecientos|setecientas ochocientos|ochocientas novecientos|novecientas',
      100,
      100,
    ],
    ['and', '*y'],
    ['times', 'doble triple', 2],
    ['plus', '*más|*mas'],
    [
      'filler',
      '*eh|*em|*este|*mmm|*pues|*bueno|*vale|*sí|*si|*luego|*después|*ahora|*guion|*guión|*raya|*coma|*espacio|*prefijo',
    ],
    ['correction', '*perdón|*perdon|*no|*digo|*disculpe|*espere|*espera|*mejor'],
  ],
  de: [
    ['unit', 'null eins|*ein|*eine zwei|zwo drei vier fünf|fuenf sechs sieben acht neun'],
    [
      'whole',
      'zehn *elf zwölf|zwoelf dreizehn vierzehn fünfzehn|fuenfzehn sechzehn siebzehn achtzehn neunzehn',
      10,
    ],
    [
      'whole',
      'zwanzig dreißig|dreissig vierzig fünfzig|fuenfzig sechzig siebzig achtzig neunzig',
      20,
      10,
    ],
    ['hundred', 'hundert', 100],
    ['times', 'doppel|zweimal|doppelte dreimal', 2],
    ['plus', '*plus'],
    [
      'filler',
      '*äh|*ähm|*öh|*hm|*mhm|*also|*dann|*ja|*gut|*ok|*okay|*so|*komma|*strich|*bindestrich|*schrägstrich|*leerzeichen|*pause|*die|*und',
    ],
    ['correction', '*nein|*moment|*entschuldigung|*sorry|*korrektur|*quatsch|*falsch'],
  ],
  fr: [
    ['unit', 'zéro|zero *un|*une deux trois quatre cinq six sept huit *neuf'],
    ['whole', 'dix onze douze treize quatorze quinze seize', 10],
    ['ten', 'vingt|vingts trente quarante cinquante', 20, 10],
    ['score', 'soixante', 60],
    ['ten', 'septante huitante|octante nonante', 70, 10],
    ['hundred', '*cent|*cents', 100],
    ['and', '*et'],
    ['times', 'double triple', 2],
    ['plus', '*plus'],
    [
      'filler',
      '*euh|*heu|*hum|*ben|*bah|*alors|*donc|*puis|*ensuite|*oui|*bon|*voilà|*tiret|*virgule|*espace|*slash',
    ],
    ['correction', '*non|*pardon|*attendez|*désolé|*désolée|*enfin|*excusez'],
  ],
  pt: [
    ['unit', 'zero *um|*uma dois|duas três|tres quatro cinco seis|*meia sete oito nove'],
    [
      'whole',
      'dez onze doze treze quatorze|catorze quinze dezesseis|dezasseis dezessete|dezassete dezoito dezenove|dezanove',
      10,
    ],
    [
      'ten',
      'vinte trinta quarenta|quarenta cinquenta|cinqüenta sessenta setenta oitenta noventa',
      20,
      10,
    ],
    [
      'hundreds',
      'cem|cento duzentos|duzentas trezentos|trezentas quatrocentos|quatrocentas quinhentos|quinhentas seiscentos|seiscentas setecentos|setecentas oitocentos|oitocentas novecentos|novecentas',
      100,
      100,
    ],
    ['and', '*e'],
    ['times', 'duplo|dobro|*dois triplo', 2],
    ['plus', '*mais'],
    [
      'filler',
      '*é|*hã|*ahn|*eh|*hum|*então|*aí|*depois|*tá|*sim|*bom|*agora|*traço|*hífen|*vírgula|*espaço',
    ],
    ['correction', '*não|*desculpa|*desculpe|*perdão|*digo|*espera|*aliás|*ops'],
  ],
  it: [
    ['unit', 'zero uno|*un|*una *due tre|tré quattro cinque *sei sette otto nove'],
    [
      'whole',
      'dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove',
      10,
    ],
    ['ten', 'venti trenta quaranta cinquanta sessanta settanta ottanta novanta', 20, 10],
    [
      'hundreds',
      'cento duecento trecento quattrocento cinquecento seicento settecento ottocento novecento',
      100,
      100,
    ],
    ['times', 'doppio|doppia triplo|tripla', 2],
    ['plus', '*più'],
    [
      'filler',
      '*ehm|*eh|*mmm|*allora|*poi|*quindi|*ecco|*sì|*ok|*trattino|*virgola|*spazio|*barra',
    ],
    ['correction', '*no|*scusi|*scusa|*anzi|*aspetti|*aspetta|*pardon'],
  ],
};

/** A word, in the languages that have it. */
export interface KnownWord {
  /** What it means where one of the languages is spoken; where none is, as the last. */
  readonly meanings: readonly NumberWord[];
  /** How much it tells that one of the languages is spoken. */
  readonly votes: readonly number[];
  /** How many digits it stands for at most. */
  readonly weight: number;
  /** Whether a number can begin with it. */
  readonly canBegin: boolean;
}

/** Every word that is known, with what it means in each of the languages. */
export function createNumberWords(): ReadonlyMap<string, KnownWord> {
  const all = LANGUAGES.map(toWords);
  const words = new Set(all.flatMap((meanings) => [...meanings.keys()]));
  return new Map(
    [...words].map((word) => [word, toKnownWord(all.map((meanings) => meanings.get(word)))]),
  );
}

function toWords(language: (typeof LANGUAGES)[number]): ReadonlyMap<string, NumberWord> {
  const words = new Map<string, NumberWord>();
  for (const [kind, list, from = 0, step = 1] of ROWS[language]) {
    list.split(' ').forEach((variants, place) => {
      for (const variant of variants.split('|')) {
        const word = variant.replace('*', '');
        if (words.has(word)) continue;
        words.set(word, { kind, value: from + place * step, isCommon: word !== variant });
      }
    });
  }
  if (language === 'de') addGermanCompounds(words);
  if (language === 'it') addItalianCompounds(words);
  return words;
}

const NOTHING: NumberWord = { kind: 'other', value: 0, isCommon: true };

/** A word of another language is what it is there, unless it is an ordinary one. */
export function toKnownWord(meanings: readonly (NumberWord | undefined)[]): KnownWord {
  const known = meanings.filter((meaning) => meaning !== undefined);
  const elsewhere =
    known.find(({ isCommon }) => !isCommon) ?? known.find(({ kind }) => !isDigits(kind)) ?? NOTHING;
  return {
    meanings: [...meanings.map((meaning) => meaning ?? elsewhere), elsewhere],
    // What is said anyhow counts little.
    votes: meanings.map((meaning) => (meaning === undefined ? 0 : meaning.isCommon ? 0.1 : 1)),
    weight: Math.max(
      ...known.map(({ kind, value }) =>
        kind === 'times' ? value : isDigits(kind) ? String(value).length : 0,
      ),
    ),
    canBegin: known.some(({ kind }) => isDigits(kind) || kind === 'plus'),
  };
}

/** Whether it stands for digits. */
export function isDigits(kind: WordKind): boolean {
  return !['and', 'plus', 'filler', 'correction', 'other'].includes(kind);
}

/** `siebenundzwanzig`, `dreihundertfünfundvierzig`, `doppelnull`. */
function addGermanCompounds(words: Map<string, NumberWord>): void {
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
function addItalianCompounds(words: Map<string, NumberWord>): void {
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

/** Digits that are written as one character each: in order, and what else each is called. */
const NUMERAL_ROWS = [
  '〇零○洞',
  '一壹幺',
  '二贰两兩',
  '三叁',
  '四肆',
  '五伍',
  '六陆',
  '七柒拐',
  '八捌',
  '九玖',
];
export const NUMERALS: ReadonlyMap<string, number> = new Map(
  NUMERAL_ROWS.flatMap((row, value) => Array.from(row, (numeral) => [numeral, value] as const)),
);

/** Words that stand between digits where words are not divided by spaces. */
export const JOINERS: ReadonlyMap<string, WordKind> = new Map([
  ['の', 'filler'],
  ['转', 'filler'],
  ['杠', 'filler'],
  ['嗯', 'filler'],
  ['呃', 'filler'],
  ['加', 'plus'],
]);
