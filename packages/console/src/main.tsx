import { render } from 'preact';

import { createApi } from './api.js';
import { App } from './app.jsx';
import { createCall } from './call.js';
import { CallView } from './call-view.jsx';
import { decodeLines } from '@livecall/recording/format';
import './page.css';
import { createViewState } from './view-state.js';

const frames = {
  request: (onFrame: (now: number) => void) => requestAnimationFrame(onFrame),
  cancel: (handle: number) => {
    cancelAnimationFrame(handle);
  },
};

const page = document.getElementById('page') as HTMLElement;
const embedded = document.getElementById('recording');

/** The page holds the recording itself: `livecall show --html` wrote it. */
async function showEmbedded(element: HTMLElement): Promise<void> {
  const { call, add } = createCall(element.dataset['name'] ?? 'recording');
  const bytes = new TextEncoder().encode(element.textContent.trimStart());
  for await (const lines of decodeLines(call.name, () => [bytes])) add(lines);
  render(<CallView view={createViewState(call, frames)} />, page);
}

if (embedded !== null) void showEmbedded(embedded);
else {
  const key = new URLSearchParams(location.search).get('key') ?? '';
  render(<App api={createApi(key)} frames={frames} />, page);
}
