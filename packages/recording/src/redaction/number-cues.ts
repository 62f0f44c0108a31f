/**
 * Words that say of the digits near them that they are a phone number, or that they are none. They
 * decide where nothing else does: between an order number of ten digits and a phone number that is
 * written without a mark.
 */

const PHONE_WORDS = [
  'call|phone|telephone|tel|text (?:me|us)|dial|reach|mobile|cell|cellphone|fax|whatsapp|ring',
  'toll.?free|contact|hotline|landline|(?:my|our|your|his|her|their) number|area code|voicemail|sms|callback',
  String.raw`anruf\p{L}*|anzurufen|ruf|rufen|rufe|rufnummer|telefon\p{L}*|handy\p{L}*|mobil\p{L}*`,
  String.raw`erreich\p{L}*|(?:meine|unsere|ihre|seine) nummer|durchwahl|vorwahl|zurückrufen|rückruf`,
  String.raw`r?appel\p{L}*|joindre|joignable|portable|téléphone\p{L}*|(?:mon|notre|son|votre) numéro|fixe`,
  String.raw`ll[aá]m\p{L}*|tel[eé]fono|móvil|celular|marque|marcar|(?:mi|nuestro|su|tu) número|contact\p{L}*`,
  String.raw`lig(?:ue|ar|a|o)|telefone|telemóvel|(?:meu|nosso|seu) número|telefon[ae]r?|conta[ct]+o`,
  String.raw`(?:ri)?chiam\p{L}*|cellulare|telefonino|fisso|(?:mio|nostro|suo) numero`,
].join('|');
const OTHER_WORDS = [
  'orders?|case|ticket|invoice|confirmation|tracking|reference|ref|account|card|policy|serial|booking',
  'isbn|imei|id|pin|total|balance|social security|ssn|passport|licen[cs]e|claim|loan|meter|parcel',
  'package|flight|model|version|build|routing|member|membership|(?<!area |zip |country )code|zip',
  'postcode|part number|vin|lot|batch|receipt|transaction|customer number|patient|barcode|sku|room',
  'apartment|suite|count|counted|counting|password|passcode|otp',
  String.raw`(?:bestell|auftrag|rechnung|kunden|vertrag|konto|sendung|vorgang|versicherung|referenz)\p{L}*`,
  String.raw`(?:zähler|buchung|steuer|paket|artikel|ausweis|mitglied)\p{L}*|karten?\p{L}*|iban|bic|aktenzeichen`,
  'seriennummer|postleitzahl|ticketnummer|geheimzahl|fallnummer|teilenummer|matrikelnummer|gerätenummer|passwort',
  'commande|facture|dossier|référence|compte|carte|contrat|colis|suivi|siret|siren|sécurité sociale',
  'client|série|billet|réservation|sinistre|passeport|code postal|mot de passe|rib|adhérent|abonné',
  'pedido|factura|cuenta|tarjeta|referencia|reserva|expediente|contrato|póliza|seguimiento|cliente',
  'código|dni|nif|pasaporte|serie|boleto|folio|guía|curp|rfc|clabe|envío|caso|contraseña|clave',
  'protocolo|cpf|cnpj|conta|cartão|fatura|encomenda|apólice|rastreio|rastreamento|matrícula',
  'nota fiscal|processo|cep|senha|contribuinte|referência|agência',
  'ordine|fattura|conto|pratica|codice|partita|tessera|carta|polizza|spedizione|prenotazione',
  'matricola|contratto|riferimento|bolletta|biglietto|fiscale|pacco',
].join('|');
const HAN_PHONE = '电话|手机|拨打|致电|来电|打给|座机|热线|电话号码|電話|携帯|号码是|联系';
const HAN_OTHER =
  '订单|单号|编号|卡号|账号|身份证|验证码|快递|发票|序列号|合同|会员|邮编|密码|車牌|车牌|注文|会員|口座|型号';

const toPattern = (words: string, han: string) =>
  new RegExp(`(?<![\\p{L}\\p{M}])(?:${words})(?![\\p{L}\\p{M}])|${han}`, 'giu');
const PHONE = toPattern(PHONE_WORDS, HAN_PHONE);
const OTHER = toPattern(OTHER_WORDS, HAN_OTHER);

/** What the words around digits say that they are: the last before them, or what they go on with. */
export function findCue(before: string, after: string): 'phone' | 'other' | undefined {
  const [phone, other] = [lastOf(PHONE, before), lastOf(OTHER, before)];
  if (phone !== other) return phone > other ? 'phone' : 'other';
  const clause = /^[^.!?;。！？；\n]*/u.exec(after)?.[0] ?? '';
  return lastOf(OTHER, clause) !== -1 && lastOf(PHONE, clause) === -1 ? 'other' : undefined;
}

function lastOf(pattern: RegExp, text: string): number {
  let last = -1;
  for (const {
    0: { length },
    index,
  } of text.matchAll(pattern))
    last = index + length;
  return last;
}
