import { createRequire } from 'node:module';
import process from 'node:process';

const websocket = createRequire(`${process.env.NODE_PATH}/`)('websocket');
const [url, token] = process.argv.slice(2);
const say = (...words) => {
  process.stdout.write(`${words.join(' ')}\n`);
};
const client = new websocket.client();
client.on('httpResponse', ({ statusCode, headers }) => {
  say('refused', statusCode, headers['retry-after']);
});
client.on('connectFailed', () => undefined);
client.on('connect', (connection) => {
  say('open');
  connection.on('message', ({ utf8Data }) => {
    say('message', utf8Data.length);
  });
  connection.on('error', () => undefined);
  connection.on('close', (code) => {
    say('closed', code);
  });
});
client.connect(url, undefined, undefined, { Authorization: `Bearer ${token}` });
