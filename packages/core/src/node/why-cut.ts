/** What this side cuts a connection for, in words of its own. */
export function whyCut(failure: Error, maxPayload: number): string | undefined {
  const code = 'code' in failure ? String(failure.code) : '';
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
    return `a message was longer than the ${maxPayload} bytes of \`maxPayloadBytes\`; raise it to hear such messages`;
  }
  if (code === 'WS_ERR_INVALID_UTF8') return 'a text message was not UTF-8';
  return code.startsWith('WS_ERR_')
    ? `the server broke the WebSocket protocol (${code})`
    : undefined;
}
