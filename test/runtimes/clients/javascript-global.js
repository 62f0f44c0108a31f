/* global WebSocket */
import process from 'node:process';

/* The WebSocket that Node, Bun and Deno have: not of the standard is that it takes headers. */
const [url, token] = process.argv.slice(2);
const socket = new WebSocket(url, { headers: { Authorization: `Bearer ${token}` } });
let isOpen = false;
const say = (...words) => {
  process.stdout.write(`${words.join(' ')}\n`);
};
socket.onopen = () => {
  isOpen = true;
  say('open');
};
socket.onmessage = ({ data }) => {
  say('message', data.length);
};
socket.onerror = ({ message }) => {
  // Only in the text, if at all.
  if (!isOpen) say('refused', /\b[45]\d\d\b/.exec(message.replace(url, ''))?.[0] ?? 'none');
};
socket.onclose = ({ code }) => {
  if (isOpen) say('closed', code);
};
