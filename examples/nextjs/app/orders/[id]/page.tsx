import { headers } from 'next/headers';
import { notFound } from 'next/navigation';
import { after } from 'next/server';
import { cache } from 'react';
import { getShop } from '../../../lib/instance.ts';
import { describeOrder, formatPrice, languageOf, textsOf } from '../../../lib/texts.ts';
import { Refresh } from './refresh.tsx';

type Props = { params: Promise<{ id: string }> };

const load = cache(async ({ params }: Props) => {
  const language = languageOf((await headers()).get('accept-language'));
  const order = getShop().orders.find((await params).id) ?? notFound();
  return { order, language, ...describeOrder(order, language) };
});

export const generateMetadata = async (props: Props) => ({ title: (await load(props)).title });

export default async function StatusPage(props: Props) {
  const { order, language, look, title, text, number, phone, isOpen } = await load(props);
  const texts = textsOf(language);
  // While somebody waits, MTN is asked; after the answer, so that the page never hangs. The next refresh shows it.
  if (isOpen) after(() => getShop().payments.check(order));
  return (
    <main>
      <div role="status" className={look}>
        <span className="sign" aria-hidden="true" />
        <h1>{title}</h1>
        <p>{text}</p>
        {look === 'created' && (
          <form method="post" action="/pay">
            <input type="hidden" name="order" value={order.id} />
            <button type="submit">{texts.sendAgain}</button>
          </form>
        )}
        {look === 'failed' && (
          // A new page load, and with it a new order.
          <a className="button" href="/">
            {texts.startAgain}
          </a>
        )}
      </div>
      <dl>
        <div>
          <dt>{texts.amount}</dt>
          <dd>{formatPrice(order, language)}</dd>
        </div>
        <div>
          <dt>{texts.phone}</dt>
          <dd>{phone}</dd>
        </div>
        <div>
          <dt>{texts.order}</dt>
          <dd>{number}</dd>
        </div>
      </dl>
      {isOpen && <Refresh />}
      <noscript>{isOpen && <meta httpEquiv="refresh" content="5" />}</noscript>
    </main>
  );
}
