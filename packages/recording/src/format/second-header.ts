/** What is said of a header that is no first line, as `cat` puts one recording behind another. */
export const SECOND_HEADER =
  'is the header of another recording: a file holds one, so begin a new file here';
