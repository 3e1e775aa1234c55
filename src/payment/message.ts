// Letters that Unicode does not decompose, among them those of West African alphabets, each before what stands for it.
const letters = 'æae œoe ßss øo łl đd ɛe ɔo ɖd ŋng ɓb ɗd ƙk ƴy ɣg ʋv ƒf ǝe əe ɩi ɨi ʊu ʉu ɑa ʒz';

function foldLetter(letter: string): string {
  const lower = letter.toLowerCase();
  const folded =
    letters
      .split(' ')
      .find((entry) => entry.startsWith(lower))
      ?.slice(lower.length) ?? '';
  return letter === lower ? folded : folded.replace(/./, (first) => first.toUpperCase());
}

/**
 * Makes a note that MTN takes: accents folded, `&`, apostrophes and other signs that MTN refuses replaced, white space
 * folded, at most 128 characters. What cannot be written in ASCII is left out, so the answer may be empty.
 *
 * @example
 * ```ts
 * sanitizeMessage('Café & crème brûlée'); // 'Cafe and creme brulee'
 * ```
 */
export function sanitizeMessage(text: string): string {
  /** MTN's older texts allow 160 characters, its newer validation 128. */
  const maxLength = 128;
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/\p{L}/gu, (letter) => (letter < '\x80' ? letter : foldLetter(letter)))
    .replace(/&/g, ' and ')
    .replace(/[^A-Za-z0-9 .,:;/_()#+*=@?!%-]/gu, ' ')
    .replace(/ +/g, ' ')
    .trim()
    .slice(0, maxLength)
    .trimEnd();
}
