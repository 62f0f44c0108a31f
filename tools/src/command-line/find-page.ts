import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A page of the documentation, where it is: in the package, or in the repository that builds it. */
export function findPage(name: string): string {
  const path = `docs/${name}.md`;
  const places = [`../../${path}`, `../../../${path}`].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  const found = places.find((place) => existsSync(place));
  return found === undefined ? path : relative(process.cwd(), found);
}
