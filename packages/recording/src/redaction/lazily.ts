/** Makes a value when it is asked for, once. */
export function lazily<A>(make: () => A): () => A {
  let made: { readonly value: A } | undefined;
  return () => (made ??= { value: make() }).value;
}
