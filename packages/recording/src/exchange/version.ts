/**
 * Of the package, as another tool's file says who wrote it. It stands here, since a bundle has no
 * manifest beside it.
 */
export const VERSION = '0.1.0';
