import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer, useState } from 'preact/hooks';

/** The rows of a long list that are to be seen; the others are not there. */
export function useVirtualRows(
  scrollRef: RefObject<HTMLElement | null>,
  {
    count,
    estimatePx,
    coveredPx = 0,
  }: {
    readonly count: number;
    readonly estimatePx: number;
    /** So much of its end lies below something else. */
    readonly coveredPx?: number;
  },
): Virtualizer<HTMLElement, HTMLElement> {
  const [, render] = useReducer((times: number, more: number) => times + more, 0);
  const options = {
    count,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => estimatePx,
    overscan: 12,
    paddingEnd: coveredPx,
    scrollPaddingEnd: coveredPx,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => {
      render(1);
    },
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => {
    virtualizer._willUpdate();
  });
  return virtualizer;
}
