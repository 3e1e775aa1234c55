import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sanitizeMessage } from '../../src/index.js';
import { createMerchant } from '../support/merchant.js';

const family = '👨‍👩‍👧‍👦';

/** Texts of all kinds, with what is special about notes in them more often than chance has it. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ maxLength: 60 }),
      fc.constantFrom(
        '&',
        "'",
        '’',
        'é',
        'ɛ',
        'Ŋ',
        'ß',
        'ﬁ',
        '½',
        '…',
        '“',
        family,
        'مرحبا',
        '\u0301',
        '\ud83d',
        '  ',
        '\n',
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('sanitizeMessage', () => {
  test.each([
    ['accents', 'Crème brûlée à Gisèle, Noël', 'Creme brulee a Gisele, Noel'],
    ['accents written as a letter and a mark', 'Cafe\u0301 o\u0302', 'Cafe o'],
    ['an ampersand', 'Fish & chips', 'Fish and chips'],
    ['an ampersand without spaces', 'A&B', 'A and B'],
    ['plain text', 'Order 17, part 2/3: 5.00 EUR (paid) #1', 'Order 17, part 2/3: 5.00 EUR (paid) #1'],
    ['West African letters', 'Ɛdwoa Ɔpɔku, Ŋutifafa, ɖo, ɓernde', 'Edwoa Opoku, Ngutifafa, do, bernde'],
    ['Hausa letters', 'Ƙasa, Ɗan, ƴa', 'Kasa, Dan, ya'],
    ['Ewe letters', 'Eʋegbe, Aƒetɔ, ɣe', 'Evegbe, Afeto, ge'],
    ['Yoruba letters', 'Ọjọ́ ẹtì, ṣé', 'Ojo eti, se'],
    ['ligatures', 'Œuvre, æther, straße', 'OEuvre, aether, strasse'],
    ['white space', '  a \t\r\n\u00a0 b  ', 'a b'],
    ['Arabic', 'مرحبا', ''],
    ['Amharic', 'ሰላም', ''],
    ['only an emoji', '🎉', ''],
    ['nothing', '', ''],
  ])('%s', (_, text, expected) => {
    expect(sanitizeMessage(text).toLowerCase()).toBe(expected.toLowerCase());
  });

  test.each(["l'été", 'l’été', 'l‘été', 'lʼété', 'l`été'])('the apostrophe of %s goes, the words stay', (text) => {
    expect(sanitizeMessage(text).replace(' ', '')).toBe('lete');
  });

  test.each([`Thanks ${family}!`, 'Thanks 🎉 !', 'Thanks \ud83c\udff3\ufe0f\u200d\ud83c\udf08 !', 'Thanks \ud83d!'])(
    'an emoji (%s) goes as a whole',
    (text) => {
      expect(sanitizeMessage(text).replace(' !', '!')).toBe('Thanks!');
    },
  );

  test('cuts to 128 characters, and never within one', () => {
    expect(sanitizeMessage('x'.repeat(128))).toBe('x'.repeat(128));
    expect(sanitizeMessage('x'.repeat(129))).toBe('x'.repeat(128));
    expect(sanitizeMessage(`${'x'.repeat(127)}🎉y`)).toMatch(/^x{127}[ y]?$/);
    expect(sanitizeMessage(`${'x'.repeat(127)}é`)).toBe(`${'x'.repeat(127)}e`);
    expect(sanitizeMessage(`${'x'.repeat(127)} y`)).toBe('x'.repeat(127));
    expect(sanitizeMessage('é'.repeat(500))).toBe('e'.repeat(128));
  });

  test('says the same of a text it has already been over', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = sanitizeMessage(text);
        expect(sanitizeMessage(once)).toBe(once);
      }),
      { numRuns: 1_000 },
    );
  });

  test('gives printable ASCII without &, quotes and angle brackets, at most 128 of it, and no space at the ends', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(sanitizeMessage(text)).toMatch(/^(?! )[ -~]{0,128}(?<! )$/);
        expect(sanitizeMessage(text)).not.toMatch(/[&'"`<>\\]/);
      }),
      { numRuns: 1_000 },
    );
  });

  test('gives what MTN’s sandbox takes, whatever went in', async () => {
    const merchant = createMerchant();
    const texts = fc.sample(anyText, { numRuns: 60, seed: 7 }).map(sanitizeMessage);
    const notes = texts.filter((text) => text !== '');
    expect(notes.length).toBeGreaterThan(20);
    for (const note of notes) {
      const { status } = await merchant.requestToPay({ payerMessage: note, payeeNote: note });
      expect(status, note).toBe(202);
    }
    expect((await merchant.requestToPay({ payerMessage: 'l’été & co' })).status).toBe(400);
  });

  test('does not take long over a long text', () => {
    const startedAtMs = performance.now();
    for (const piece of [' ', '&', 'é', "'", '👩', 'a\u0301']) sanitizeMessage(piece.repeat(100_000));
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
  });
});
