/**
 * Words that say of the digits near them that they are a phone number, or that they are none. They
 * decide where nothing else does: between an order number of ten digits and a phone number that is
 * written without a mark. One with a star goes on as it likes, and two words are more than one.
 */

const PHONE_WORDS = [
  'call|phone|telephone|tel|text me|text us|dial|reach|mobile|cell|cellphone|fax|whatsapp|ring',
  'toll free|tollfree|contact|hotline|landline|my number|our number|your number|his number|her number',
  'their number|area code|voicemail|sms|callback',
  'anruf*|anzurufen|ruf|rufen|rufe|rufnummer|telefon*|handy*|mobil*|erreich*|meine nummer|unsere nummer',
  'ihre nummer|seine nummer|durchwahl|vorwahl|zurückrufen|rückruf',
  'appel*|rappel*|joindre|joignable|portable|téléphone*|mon numéro|notre numéro|son numéro|votre numéro|fixe',
  'llam*|llám*|telefono|teléfono|móvil|celular|marque|marcar|mi número|nuestro número|su número|tu número',
  'contact*|ligue|ligar|liga|ligo|telefone|telefona|telefonar|telefoner|telemóvel|meu número|nosso número',
  'seu número|contato|contatto|chiam*|richiam*|cellulare|telefonino|fisso|mio numero|nostro numero|suo numero',
];
const OTHER_WORDS = [
  'order|orders|case|ticket|invoice|confirmation|tracking|reference|ref|account|card|policy|serial|booking',
  'isbn|imei|id|pin|total|balance|social security|ssn|passport|licence|license|claim|loan|meter|parcel',
  'package|flight|model|version|build|routing|member|membership|code|zip|postcode|part number|vin|lot',
  'batch|receipt|transaction|customer number|patient|barcode|sku|room|apartment|suite|count|counted',
  'counting|password|passcode|otp',
  'bestell*|auftrag*|rechnung*|kunden*|vertrag*|konto*|sendung*|vorgang*|versicherung*|referenz*|zähler*',
  'buchung*|steuer*|paket*|artikel*|ausweis*|mitglied*|karte*|iban|bic|aktenzeichen|seriennummer',
  'postleitzahl|ticketnummer|geheimzahl|fallnummer|teilenummer|matrikelnummer|gerätenummer|passwort',
  'commande|facture|dossier|référence|compte|carte|contrat|colis|suivi|siret|siren|sécurité sociale',
  'client|série|billet|réservation|sinistre|passeport|code postal|mot de passe|rib|adhérent|abonné',
  'pedido|factura|cuenta|tarjeta|referencia|reserva|expediente|contrato|póliza|seguimiento|cliente',
  'código|dni|nif|pasaporte|serie|boleto|folio|guía|curp|rfc|clabe|envío|caso|contraseña|clave',
  'protocolo|cpf|cnpj|conta|cartão|fatura|encomenda|apólice|rastreio|rastreamento|matrícula',
  'nota fiscal|processo|cep|senha|contribuinte|referência|agência',
  'ordine|fattura|conto|pratica|codice|partita|tessera|carta|polizza|spedizione|prenotazione',
  'matricola|contratto|riferimento|bolletta|biglietto|fiscale|pacco',
];
/** Neither the one nor the other. */
const NO_CUES = ['country code'];
const HAN_PHONE = /电话|手机|拨打|致电|来电|打给|座机|热线|电话号码|電話|携帯|号码是|联系/g;
const HAN_OTHER =
  /订单|单号|编号|卡号|账号|身份证|验证码|快递|发票|序列号|合同|会员|邮编|密码|車牌|车牌|注文|会員|口座|型号/g;

/** What words say of digits near them. */
export type Cue = 'phone' | 'other' | undefined;

const words = new Map<string, Cue>();
/** The beginnings of words that go on as they like, by how they begin themselves. */
const stems = new Map<string, (readonly [stem: string, cue: Cue])[]>();
const STEM_BEGINNING = 4;
for (const [rows, cue] of [
  [PHONE_WORDS, 'phone'],
  [OTHER_WORDS, 'other'],
  [NO_CUES, undefined],
] as const) {
  for (const word of rows.join('|').split('|')) {
    if (word.endsWith('*')) {
      const beginning = word.slice(0, STEM_BEGINNING);
      stems.set(beginning, [...(stems.get(beginning) ?? []), [word.slice(0, -1), cue]]);
    } else if (!words.has(word)) words.set(word, cue);
  }
}

/** What the words around digits say that they are: the last before them, or what they go on with. */
export function findCue(before: string, after: string): Cue {
  const last = findCues(before).at(-1);
  if (last !== undefined) return last;
  const clause = /^[^.!?;。！？；\n]*/u.exec(after)?.[0] ?? '';
  const cues = findCues(clause);
  return cues.includes('other') && !cues.includes('phone') ? 'other' : undefined;
}

/** What its words say, in the order in which they stand there. */
function findCues(text: string): readonly Cue[] {
  const cues: Cue[] = [];
  let before = '';
  for (const word of text.toLowerCase().split(NO_WORD)) {
    const both = `${before} ${word}`;
    const cue = words.has(both) ? words.get(both) : findOf(word);
    if (cue !== undefined) cues.push(cue);
    before = word;
  }
  return cues;
}

const NO_WORD = /[^\p{L}\p{M}]+/u;
/** Where scripts begin that do not divide words. */
const FIRST_UNDIVIDED = 0x2e80;

function findOf(word: string): Cue {
  if (word.charCodeAt(0) >= FIRST_UNDIVIDED) return findInHan(word);
  const cue = words.get(word);
  if (cue !== undefined) return cue;
  const beginning = stems.get(word.slice(0, STEM_BEGINNING));
  return beginning?.find(([stem]) => word.startsWith(stem))?.[1];
}

/** Where words are not divided, the last one that says anything. */
function findInHan(text: string): Cue {
  const [phone, other] = [lastOf(HAN_PHONE, text), lastOf(HAN_OTHER, text)];
  return phone === other ? undefined : phone > other ? 'phone' : 'other';
}

function lastOf(pattern: RegExp, text: string): number {
  let last = -1;
  for (const { 0: found, index } of text.matchAll(pattern)) last = index + found.length;
  return last;
}
