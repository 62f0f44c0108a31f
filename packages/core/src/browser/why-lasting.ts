/** Nothing: a browser tells nobody why a dial has failed, and a relay says by itself what lasts. */
export function whyLasting(): undefined {
  return undefined;
}
