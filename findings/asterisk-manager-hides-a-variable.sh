#!/usr/bin/env bash
# asterisk-manager 0.2.0 tells no name of the variable that was set on a channel: it is a key of an object, with "".
#
# Guess: variable "DIALSTATUS" and value "ANSWER", as the two headers of Asterisk's VarSet event are, and as every other
# header is told.
# Seen: { DIALSTATUS: "" } for the one and "ANSWER" for the other: `Variable` is always read as NAME=VALUE, which is how
# ChanVariable is written. A listener that asks for a name waits for ever, and whoever reads the object finds nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund asterisk-manager@0.2.0 >> npm.log 2>&1

cat > run.mjs << 'JS'
import { once } from 'node:events';
import { createServer } from 'node:net';
import Manager from 'asterisk-manager';

const message = (...headers) => [...headers, '', ''].join('\r\n');
const events = [
  message('Event: VarSet', 'Channel: PJSIP/100-1', 'Variable: DIALSTATUS', 'Value: ANSWER', 'Uniqueid: 1.1'),
  message('Event: Newchannel', 'Channel: PJSIP/100-1', 'ChanVariable: DIALSTATUS=ANSWER', 'Uniqueid: 1.1'),
];
// As Asterisk's manager interface begins: its name, a login that is answered, then events.
const asterisk = createServer((socket) => {
  socket.write('Asterisk Call Manager/5.0.2\r\n');
  socket.once('data', (login) => {
    const [, id] = /ActionID: (.*)\r/i.exec(login);
    socket.write(message('Response: Success', `ActionID: ${id}`, 'Message: Authentication accepted'));
    socket.write(events.join(''));
  });
}).listen(0, '127.0.0.1');
await once(asterisk, 'listening');

const manager = new Manager(asterisk.address().port, '127.0.0.1', 'user', 'secret', true);
manager.on('managerevent', ({ event, variable, value, chanvariable }) => {
  console.log(`${event}: ${JSON.stringify({ variable, value, chanvariable })}`);
  if (event === 'Newchannel') process.exit();
});
JS

cat > seen << 'SEEN'
VarSet: {"variable":{"DIALSTATUS":""},"value":"ANSWER"}
Newchannel: {"chanvariable":{"DIALSTATUS":"ANSWER"}}
SEEN

node run.mjs | tee output
if diff seen output; then
  echo 'As seen before.'
else
  echo 'Not as seen before.' >&2
  exit 1
fi
