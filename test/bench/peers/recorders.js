import { once } from 'node:events';
import { closeSync, createWriteStream, openSync, writeSync } from 'node:fs';

import { record, recordingFile, recordingSink } from '@livecall/recording';
import { NEVER, Observable, startWith } from 'rxjs';

/*
 * Each opens a file and gives what takes one frame of the server's, as text, and what ends it. All
 * but livecall's write the bare line: nothing is looked for in it, nothing is taken out.
 */

const toLine = (frame) =>
  `{"at":${performance.now().toFixed(3)},"event":"frame","from":"server","json":${frame}}\n`;

function nothing() {
  return { write: () => {}, end: () => {} };
}

function writeSyncOfLines(path) {
  const descriptor = openSync(path, 'w');
  return {
    write: (frame) => {
      writeSync(descriptor, toLine(frame));
    },
    end: () => closeSync(descriptor),
  };
}

function writeStream(path) {
  const stream = createWriteStream(path);
  return {
    write: (frame) => {
      stream.write(toLine(frame));
    },
    end: async () => {
      stream.end();
      await once(stream, 'close');
    },
  };
}

async function sonicBoom(path, minLength) {
  const { default: SonicBoom } = await import('sonic-boom');
  const boom = new SonicBoom({ dest: path, minLength });
  await once(boom, 'ready');
  return {
    write: (frame) => {
      boom.write(toLine(frame));
    },
    end: async () => {
      boom.end();
      await once(boom, 'close');
    },
  };
}

/** A connection that says what it is told to, recorded into a sink. */
function livecall(sink) {
  let hear;
  const frames$ = new Observable((subscriber) => {
    hear = subscriber;
  });
  const recorded = NEVER.pipe(startWith({ frames$, send: () => {} }), record(sink)).subscribe(
    (connection) => connection.frames$.subscribe(),
  );
  return {
    write: (frame) => {
      hear.next(frame);
    },
    end: () => {
      recorded.unsubscribe();
      sink.end();
    },
  };
}

export const RECORDERS = {
  'nothing recorded': nothing,
  'livecall record': (path) => livecall(recordingFile(path).right),
  'livecall record, phones kept': (path) =>
    livecall(recordingFile(path, { keepPhones: true }).right),
  'livecall record, not written': () => livecall(recordingSink(() => {})),
  'fs.writeSync of the line': writeSyncOfLines,
  createWriteStream: writeStream,
  'sonic-boom': (path) => sonicBoom(path, 0),
  'sonic-boom, 4 KiB at a time': (path) => sonicBoom(path, 4_096),
};
