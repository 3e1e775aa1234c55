import { randomUUID } from 'node:crypto';
import { headers } from 'next/headers';
import { price } from '../lib/shop.ts';
import { formatPrice, languageOf, textsOf } from '../lib/texts.ts';

export default async function CheckoutPage({ searchParams }: { searchParams: Promise<{ problem?: string }> }) {
  const language = languageOf((await headers()).get('accept-language'));
  const texts = textsOf(language);
  const amount = formatPrice(price, language);
  const hasProblem = (await searchParams).problem === 'phone';
  return (
    <main>
      <h1>{texts.item}</h1>
      <p className="price">{amount}</p>
      <form method="post" action="/pay">
        {/* Made with the page: pressing the button twice is one order. */}
        <input type="hidden" name="order" value={randomUUID()} />
        <label htmlFor="phone">{texts.phone}</label>
        <input
          id="phone"
          name="phone"
          type="tel"
          autoComplete="tel"
          required
          minLength={8}
          maxLength={24}
          pattern="[+ 0-9\-]+"
          aria-describedby="hint problem"
          aria-invalid={hasProblem}
        />
        <p className="hint" id="hint">
          {texts.phoneHint}
        </p>
        {hasProblem && (
          <p className="problem" id="problem" role="alert">
            {texts.phoneProblem}
          </p>
        )}
        <button type="submit">
          {texts.pay} {amount}
        </button>
      </form>
      <p className="hint">{texts.promise}</p>
    </main>
  );
}
