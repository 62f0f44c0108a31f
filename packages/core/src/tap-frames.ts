import { Subscriber } from 'rxjs';
import type { Observable, Observer, Unsubscribable } from 'rxjs';

import { Multicast } from './multicast.js';
import type { Frame } from './transport.js';
import { valuesOf } from './values-of.js';
import type { Listened } from './values-of.js';

/** Who hears the frames of a connection before everyone else does. */
export interface FrameListener {
  hear(frame: Frame): void;
}

/**
 * The frames of a connection, of which somebody hears first, and once, however many listen: `tap` and
 * `share` of RxJS in one, as whoever records or watches calls needs them. A property test holds it
 * to these two, which are a kilobyte more of every call and as many objects to go through for a frame.
 */
export function tapFrames(frames$: Observable<Frame>, first: FrameListener): Observable<Frame> {
  return valuesOf(new TappedFrames(frames$, first));
}

class TappedFrames implements Observer<Frame>, Listened<Frame>, Unsubscribable {
  readonly #frames$: Observable<Frame>;
  readonly #first: FrameListener;
  #listeners = 0;
  /** Who listens now; of those after an end, it is another. */
  #told: Multicast<Frame> | undefined;
  #hearing: Subscriber<Frame> | undefined;

  constructor(frames$: Observable<Frame>, first: FrameListener) {
    this.#frames$ = frames$;
    this.#first = first;
  }

  listen(listener: Subscriber<Frame>): void {
    this.#listeners += 1;
    const told = (this.#told ??= new Multicast());
    // When it leaves: before it hears anything, for it may leave at once.
    listener.add(this);
    told.listen(listener);
    if (this.#hearing === undefined && this.#listeners > 0) this.#hear();
  }

  #hear(): void {
    // Known before it is subscribed: what is told at once may be the last that anyone wants. And as
    // RxJS's operators make theirs: `subscribe(this)` would put two objects more before each frame.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other that takes an observer as it is
    const hearing = new Subscriber(this);
    this.#hearing = hearing;
    try {
      this.#frames$.subscribe(hearing);
    } catch (error) {
      // Those of someone else's that are none: all who listen by now are told.
      hearing.error(error);
    }
  }

  next(frame: Frame): void {
    try {
      this.#first.hear(frame);
    } catch (error) {
      this.#hearing?.error(error);
      return;
    }
    this.#told?.next(frame);
  }

  error(error: unknown): void {
    this.#forget()?.error(error);
  }

  complete(): void {
    this.#forget()?.complete();
  }

  /** Of one listener. */
  unsubscribe(): void {
    this.#listeners -= 1;
    if (this.#listeners > 0) return;
    const hearing = this.#hearing;
    this.#forget();
    hearing?.unsubscribe();
  }

  /** Whoever listens from now on hears the frames anew. */
  #forget(): Multicast<Frame> | undefined {
    const told = this.#told;
    this.#told = undefined;
    this.#hearing = undefined;
    return told;
  }
}
