import type { WordKind } from './number-word.js';

/** The languages that numbers are understood in, by their ISO 639 codes. */
export const LANGUAGES = ['en', 'es', 'de', 'fr', 'pt', 'it', 'zh'] as const;

/** A kind, the words in the order of their values, those that mean the same divided by a bar. */
export type Row = readonly [kind: WordKind, words: string, from?: number, step?: number];

export const ROWS: Readonly<Record<(typeof LANGUAGES)[number], readonly Row[]>> = {
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
      '*uh|*um|*uhm|*er|*erm|*ah|*eh|*hmm|*hm|*mm|*ok|*okay|*yeah|*yes|*so|*like|*well|*then|*right|*now|*dash|*hyphen|*slash|*comma|*space|*pause|*digit|*digits|*i|*that|*my|*excuse|*me|*number|*minus|*open|*close|*left|*paren|*parens|*parenthesis|*parentheses|*bracket|*brackets',
    ],
    ['point', '*dot|*point|*period'],
    [
      'correction',
      '*sorry|*no|*nope|*wait|*actually|*correction|*oops|*rather|*mean|*scratch|*strike|*apologies|*pardon|*mistake|*wrong',
    ],
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
    ['hundred', 'mil', 1000],
    ['and', '*y'],
    ['times', 'doble triple', 2],
    ['plus', '*más|*mas'],
    [
      'filler',
      '*eh|*em|*este|*mmm|*pues|*bueno|*vale|*sí|*si|*luego|*después|*ahora|*guion|*guión|*raya|*coma|*espacio|*prefijo|*o|*sea|*me|*número|*numero|*menos|*abre|*cierra|*paréntesis|*parentesis|*barra',
    ],
    ['point', '*punto'],
    [
      'correction',
      '*perdón|*perdon|*no|*digo|*disculpe|*espere|*espera|*mejor|*perdona|*perdone|*disculpa|*corrijo|*momento',
    ],
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
    ['hundred', 'tausend', 1000],
    ['and', '*und'],
    ['plus', '*plus'],
    [
      'filler',
      '*äh|*ähm|*öh|*hm|*mhm|*also|*dann|*ja|*gut|*ok|*okay|*so|*komma|*strich|*bindestrich|*schrägstrich|*leerzeichen|*pause|*die|*ich|*nicht|*nummer|*minus|*klammer|*auf|*zu',
    ],
    ['point', '*punkt'],
    [
      'correction',
      '*nein|*nee|*moment|*entschuldigung|*sorry|*korrektur|*quatsch|*falsch|*verzeihung|*stopp|*halt|*stimmt|*meine|*pardon',
    ],
  ],
  fr: [
    ['unit', 'zéro|zero *un|*une deux trois quatre cinq six sept huit *neuf'],
    ['whole', 'dix onze douze treize quatorze quinze seize', 10],
    ['ten', 'vingt|vingts trente quarante cinquante', 20, 10],
    ['score', 'soixante', 60],
    ['ten', 'septante huitante|octante nonante', 70, 10],
    ['hundred', '*cent|*cents', 100],
    ['hundred', 'mille', 1000],
    ['and', '*et'],
    ['times', 'double triple', 2],
    ['plus', '*plus'],
    [
      'filler',
      '*euh|*heu|*hum|*ben|*bah|*alors|*donc|*puis|*ensuite|*oui|*bon|*voilà|*tiret|*virgule|*espace|*slash|*moi|*je|*veux|*dire|*numéro|*moins|*parenthèse|*ouvrante|*fermante|*ouvrez|*fermez',
    ],
    ['point', '*point'],
    [
      'correction',
      '*non|*pardon|*attendez|*attends|*désolé|*désolée|*enfin|*excusez|*excuse|*erreur|*plutôt',
    ],
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
    ['hundred', 'mil', 1000],
    ['and', '*e'],
    ['times', 'duplo|dobro|*dois triplo', 2],
    ['plus', '*mais'],
    [
      'filler',
      '*é|*hã|*ahn|*eh|*hum|*então|*aí|*depois|*tá|*sim|*bom|*agora|*traço|*hífen|*vírgula|*espaço|*quer|*xx|*número|*menos|*abre|*fecha|*parêntese|*parênteses|*barra',
    ],
    ['point', '*ponto'],
    [
      'correction',
      '*não|*desculpa|*desculpe|*perdão|*digo|*espera|*espere|*aliás|*ops|*minto|*errei|*opa|*dizer|*perdoa',
    ],
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
    [
      'whole',
      'mille duemila tremila quattromila cinquemila seimila settemila ottomila novemila',
      1000,
      1000,
    ],
    ['times', 'doppio|doppia triplo|tripla', 2],
    ['plus', '*più'],
    [
      'filler',
      '*ehm|*eh|*mmm|*allora|*poi|*quindi|*ecco|*sì|*ok|*trattino|*virgola|*spazio|*barra|*volevo|*mi|*numero|*meno|*parentesi|*aperta|*chiusa|*apri|*chiudi',
    ],
    ['point', '*punto'],
    [
      'correction',
      '*no|*scusi|*scusa|*scusate|*anzi|*aspetti|*aspetta|*pardon|*cioè|*errore|*dire|*correggo',
    ],
  ],
  // Its digits are numerals; what is said between them stands undivided.
  zh: [
    ['filler', '*是|*那个|*然后|*就是|*嗯嗯|*横杠|*空格'],
    [
      'correction',
      '*不|*不对|*不是|*哦不|*错了|*说错了|*等等|*等一下|*抱歉|*对不起|*不好意思|*应该是',
    ],
  ],
};

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
