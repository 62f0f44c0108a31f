// @ts-check
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { ack, scenario } from '@livecall/tools';

/*
 * The catalogue of README.md, as it is written to the files beside this one: `npm run recordings`.
 */

/** @param {string} title */
const call = (title, recordedAt = '2026-11-22T09:00:00.000Z') => scenario({ title, recordedAt });

const greeting =
  'Hello, you have reached the assistant of the person you called. Who is calling, please?';

const screenedSpamCall = call(
  'a robocall sells car warranties; the assistant ends it without the subscriber',
)
  .open({ after: 41.3 })
  .start({ after: 12.1, phone: '+12025550100' })
  .assistant(greeting, { after: 402.6, offset: 0 })
  .caller('We have been trying to reach you about your vehicle warranty.', {
    after: 2210.4,
    offset: 1,
  })
  .caller('This is your final notice before we close the file.', { after: 1904.8, offset: 2 })
  .assistant('Which vehicle is it about, and who are you calling for?', { after: 611.2, offset: 3 })
  .caller('Press one to speak to a specialist, or call us back at 202-555-0101.', {
    after: 2540.9,
    offset: 4,
  })
  .assistant('The person you called does not take sales calls. Goodbye.', {
    after: 702.5,
    offset: 5,
  })
  .screeningEnd('The caller was recognised as a sales robocall.', { after: 310.1 })
  .callEnd({ after: 820.7 })
  .close(1000, { after: 9.8 });

const joinedCall = call('a courier asks for a delivery slot; the subscriber joins')
  .open({ after: 38.2 })
  .start({ after: 14.7 })
  .assistant(greeting, { after: 357.1, offset: 0 })
  .caller("Hi, it's Marta from Harbour Couriers. I have a parcel that needs a signature.", {
    after: 770.4,
    offset: 1,
  })
  .assistant('When would you like to deliver it?', { after: 240.3, offset: 2 })
  .caller('Any time this afternoon. I am two streets away.', { after: 603.9, offset: 3 })
  .screeningEnd('The caller has given a name and a reason.', { after: 122.3 })
  .onJoin(ack({ after: 71.2 }), { after: 397.3 })
  .subscriber('Hello Marta, this is Jo. I can be at the door in five minutes.', {
    after: 329.7,
    offset: 4,
  })
  .caller('Perfect, see you then.', { after: 480.2, offset: 5 })
  .callEnd({ after: 549.4 })
  .close(1000, { after: 10.7 });

const endedBySubscriber = call('a pushy salesman; the subscriber reads along and ends the call')
  .open({ after: 35.9 })
  .start({ after: 11.4 })
  .assistant(greeting, { after: 371.2 })
  .caller('This is Dave. I only need to speak to the owner for a minute.', { after: 1602.5 })
  .assistant('What is it about?', { after: 330.8 })
  .caller('It is a surprise. Just put them on.', { after: 1188.6 })
  .onEnd(ack({ after: 64.4 }), { after: 905.3 })
  .assistant('The person you called is not available. Goodbye.', { after: 142.9 })
  .callEnd({ after: 640.2 })
  .close(1000, { after: 8.3 });

const withheldNumber = call(
  'the caller withholds the number; the clinic wants to move an appointment',
)
  .open({ after: 44.8 })
  .start({ after: 13.3, phone: 'anonymous' })
  .assistant(greeting, { after: 390.1 })
  .caller('This is the front desk of the eye clinic, about the appointment on Thursday.', {
    after: 1730.6,
  })
  .assistant('Thank you. Would you like to move it?', { after: 401.7 })
  .caller('Yes, to Friday at ten, if that suits. We will send a letter.', { after: 1644.2 })
  .screeningEnd('The caller left a message.', { after: 215.5 })
  .callEnd({ after: 902.1 })
  .close(1000, { after: 9.1 });

const errorMidCall = call('the transcription stumbles once; the call goes on')
  .open({ after: 39.5 })
  .start({ after: 12.6 })
  .assistant(greeting, { after: 366.4 })
  .caller('Hello, I am calling from the school.', { after: 1203.7 })
  .error('Transcription is temporarily unavailable.', { after: 318.2 })
  .mark('nothing was transcribed here for two seconds', { after: 100.5 })
  .assistant('I am sorry, could you say that again?', { after: 2004.1 })
  .caller('Of course. The trip on Monday is cancelled.', { after: 1117.9 })
  .callEnd({ after: 1502.8 })
  .close(1000, { after: 10.2 });

const errorThenClose = call('the platform fails in the middle of a call and closes')
  .open({ after: 40.7 })
  .start({ after: 15.2 })
  .assistant(greeting, { after: 355.5 })
  .caller('Hi, this is Ana, is Jo there?', { after: 1409.3 })
  .error('The conversation cannot be continued.', { after: 233.6 })
  .close(1008, { after: 20.4, reason: 'conversation terminated' });

const droppedAndRejoined = call('the connection is cut, and the call is rejoined')
  .open({ after: 42.1 })
  .start({ after: 13.8 })
  .assistant(greeting, { after: 381.4, offset: 0 })
  .caller('Good morning, I am returning a call about the flat.', { after: 1530.2, offset: 1 })
  .drop(1006, { after: 611.7 })
  .refuse(503, { after: 280.5, retryAfterMs: 0 })
  .open({ after: 512.9 })
  .assistant('Which flat do you mean?', { after: 190.3, offset: 3 })
  .caller('The one on Mill Road, with the balcony.', { after: 1275.8, offset: 4 })
  .onJoin(ack({ after: 80.6 }), { after: 450.4 })
  .subscriber('Hello, yes, it is still free.', { after: 702.2, offset: 5 })
  .callEnd({ after: 940.7 })
  .close(1000, { after: 11.9 });

const refused401 = call('the access token has expired, and so has the one asked for anew')
  .refuse(401, { after: 33.4 })
  .refuse(401, { after: 41.8 });

const refused404 = call('the call is over before anyone follows it').refuse(404, { after: 30.6 });

const unknownMessage = call('the server speaks a later protocol: a new message, and new fields')
  .open({ after: 37.7 })
  .send(
    {
      type: 'event:start',
      phone: '+12025550100',
      timestamp: '2026-11-22T09:00:00.051Z',
      callId: 'c-1',
      carrier: { name: 'Example Mobile' },
    },
    { after: 13.9 },
  )
  .assistant(greeting, { after: 370.8 })
  .send({ type: 'event:sentiment', score: 0.82, labels: ['calm', 'in a hurry'] }, { after: 940.1 })
  .send(
    {
      type: 'transcript',
      msg: 'It is about the boiler.',
      role: 'other',
      offset: null,
      confidence: 0.97,
    },
    { after: 611.3 },
  )
  .callEnd({ after: 1230.5 })
  .close(1000, { after: 9.4 });

const malformedFrames = call('frames that are no messages of the protocol; the call goes on')
  .open({ after: 36.6 })
  .start({ after: 12.2 })
  .send('{"type":"transcript","msg":"cut off', { after: 210.4 })
  .send('not JSON at all', { after: 50.1 })
  .send('["an","array"]', { after: 50.1 })
  .send('{"msg":"no type","role":"other"}', { after: 50.1 })
  .send('{"type":"transcript","msg":7,"role":"other"}', { after: 50.1 })
  .send('{"type":"transcript","msg":"whose?","role":"narrator"}', { after: 50.1 })
  .send('{"type":"ack"}', { after: 50.1 })
  .send('{ "type": "transcript", "msg": "with white space", "role": "other" }', { after: 50.1 })
  .send('', { after: 50.1 })
  .send(new Uint8Array([0x00, 0xff, 0xfe, 0x80]), { after: 50.1 })
  .send(
    new TextEncoder().encode('{"type":"transcript","msg":"in a binary frame","role":"other"}'),
    { after: 50.1 },
  )
  .callEnd({ after: 700.9 })
  .close(1000, { after: 10.1 });

/** What a recorder leaves behind that was killed while it wrote: no end, and a torn last line. */
const recorderDied = call('the recorder was killed in the middle of the call')
  .open({ after: 40.2 })
  .start({ after: 12.9 })
  .assistant(greeting, { after: 388.3 })
  .caller('Hello? I was told to call this number.', { after: 1490.6 })
  .assistant('Who told you so?', { after: 407.1 })
  .toNdjson()
  .split('\n')
  .slice(0, -3)
  .join('\n')
  .concat('\n{"at":2961.4,"event":"frame","from":"server","json":{"type":"transcr');

/** Each recording's text, by its file's name. */
export const recordings = {
  'screened-spam-call': screenedSpamCall.toNdjson(),
  'joined-call': joinedCall.toNdjson(),
  'ended-by-subscriber': endedBySubscriber.toNdjson(),
  'withheld-number': withheldNumber.toNdjson(),
  'error-mid-call': errorMidCall.toNdjson(),
  'error-then-close': errorThenClose.toNdjson(),
  'dropped-and-rejoined': droppedAndRejoined.toNdjson(),
  'refused-401': refused401.toNdjson(),
  'refused-404': refused404.toNdjson(),
  'unknown-message': unknownMessage.toNdjson(),
  'malformed-frames': malformedFrames.toNdjson(),
  'recorder-died': recorderDied,
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(recordings)) {
    writeFileSync(new URL(`${name}.ndjson`, import.meta.url), text);
  }
}
